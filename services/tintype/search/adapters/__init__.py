"""What the search service stands on."""
