"""The command line of Tintype."""
