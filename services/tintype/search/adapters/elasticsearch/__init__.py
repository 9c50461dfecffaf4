"""PhotoIndex on Elasticsearch 9: exact vectors, words as our tokens, one index a generation."""
