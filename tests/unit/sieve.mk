# tests of lib/sieve
