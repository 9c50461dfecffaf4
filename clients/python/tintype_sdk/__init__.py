"""The Python SDK of Tintype: typed, async, with retries, deadlines and resumable uploads."""
