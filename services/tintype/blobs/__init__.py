"""Files by key: the port, its adapters, and `connect`."""
