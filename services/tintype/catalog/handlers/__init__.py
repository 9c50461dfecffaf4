"""The RPCs of the catalog."""
