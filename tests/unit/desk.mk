# tests of lib/desk
