if size 100K { stop; }
