"""Pictures: decoding in a sandbox, derived pictures, metadata, places."""
