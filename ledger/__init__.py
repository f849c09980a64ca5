"""Keeps accounts, entries and balances; knows nothing of donors."""
