"""PhotoIndex on SQLite: FTS5 for words, arrays in memory for vectors and filters."""
