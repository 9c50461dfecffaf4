"""The use cases of the catalog, a class for each subject."""
