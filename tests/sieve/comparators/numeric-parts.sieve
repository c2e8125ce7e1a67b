require "comparator-i;ascii-numeric";
if header :comparator "i;ascii-numeric" :contains "subject" "1" { stop; }
if header :comparator "i;ascii-numeric" :matches "subject" "1*" { stop; }
