"""The stream of facts: the port, its adapters, the consumer loop, and `connect`."""
