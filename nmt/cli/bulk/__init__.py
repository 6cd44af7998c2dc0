"""`nmt bulk`: its commands, in a room of their own beside those of one machine. May call every room."""
