"""The stores and services behind the ports."""
