"""What every service stands on: errors, ids, clock, settings, logs, gRPC, storage helpers."""
