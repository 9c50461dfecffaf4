"""What accounts stands on: SQLite, Argon2, the signing of tokens."""
