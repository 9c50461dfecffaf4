"""The contract, generated from proto/tintype/v1 by `make gen`."""
