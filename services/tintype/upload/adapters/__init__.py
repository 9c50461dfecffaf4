"""Where upload keeps its records, and how it reaches other services."""
