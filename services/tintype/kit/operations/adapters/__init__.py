"""The ports of operations, leases and registry on a database each."""
