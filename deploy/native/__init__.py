"""The real servers as plain processes on 127.0.0.1, for development, tests and benchmarks."""
