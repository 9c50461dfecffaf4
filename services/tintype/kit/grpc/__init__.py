"""gRPC as every service speaks it: one server, one order of interceptors, one error table, one way to call a peer."""
