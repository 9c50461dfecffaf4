"""Moving a whole library from one set of five URLs to another."""
