"""The domain as the contract says it, and back."""
