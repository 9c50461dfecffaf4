"""The use cases of upload."""
