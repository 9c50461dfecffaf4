"""What the catalog knows and decides, without storage or transport."""
