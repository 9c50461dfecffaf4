"""The use cases of accounts, one module per subject."""
