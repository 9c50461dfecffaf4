"""Tintype: a photo library that people run themselves."""
