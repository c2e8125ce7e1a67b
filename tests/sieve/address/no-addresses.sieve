if address :is "subject" "a@x.example" { stop; }
