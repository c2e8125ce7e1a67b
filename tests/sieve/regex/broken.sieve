require "regex";
if header :regex "subject" "(a" { stop; }
if header :regex "subject" "*a" { stop; }
if header :regex "subject" "[a" { stop; }
