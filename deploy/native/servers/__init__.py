"""One module per server: how it is built, started and asked whether it answers."""
