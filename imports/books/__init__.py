"""Somebody else's Beancount book, turned into entries of ours. Pure but for the rates."""
