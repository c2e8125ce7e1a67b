# tests of lib/store
