# tests of lib/mail
