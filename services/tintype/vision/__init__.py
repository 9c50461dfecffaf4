"""Models: packs, pre- and post-processing, engines, text recognition."""
