"""Finds photos by words, pictures and filters in an index that can always be rebuilt."""
