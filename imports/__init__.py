"""Brings files from outside in, through the fund's own operations."""
