# lib/desk
