"""What accounts are, and the rules they follow."""
