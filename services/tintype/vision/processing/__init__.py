"""Before and after the models: crops, letterboxes, decoding, alignment. The same for every engine."""
