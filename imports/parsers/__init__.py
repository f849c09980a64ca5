"""Bytes of a file from outside become rows. Pure: no Django, no clock, nothing is written."""
