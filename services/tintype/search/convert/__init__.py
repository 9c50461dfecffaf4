"""Search's domain to and from the contract."""
