"""The use cases of the workers."""
