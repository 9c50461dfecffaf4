"""What storage adapters are made of: documents, SQLite, and the aggregates that carry their unpublished facts."""
