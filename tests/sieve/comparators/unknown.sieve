if header :comparator "i;klingon" :is "subject" "1" { stop; }
