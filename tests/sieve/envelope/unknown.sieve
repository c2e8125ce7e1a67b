require "envelope";
if envelope :is "by" "x" { stop; }
