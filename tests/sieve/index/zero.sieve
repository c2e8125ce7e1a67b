require "index";
if header :index 0 :is "x-a" "a" { stop; }
