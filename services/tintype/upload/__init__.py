"""Upload: takes files in, resumable at any byte, and hands them to the catalog once they are safe."""
