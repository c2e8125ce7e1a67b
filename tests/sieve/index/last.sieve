require "index";
if header :last :is "x-a" "a" { stop; }
