"""The RPCs of accounts."""
