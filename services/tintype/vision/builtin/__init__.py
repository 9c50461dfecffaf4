"""The pack without weights: colours, light and composition as words."""
