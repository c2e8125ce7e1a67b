# tests of lib/net
