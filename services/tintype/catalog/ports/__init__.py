"""What the catalog needs of stores and of other services."""
