"""Accounts: the users, how they sign in, their keys, and the record of what was done."""
