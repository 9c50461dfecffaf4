"""What the workers reach by RPC."""
