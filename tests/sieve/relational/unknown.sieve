require "relational";
if header :value "above" "subject" "x" { stop; }
