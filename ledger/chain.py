"""How entries are numbered and chained. Pure: no Django, no clock."""

import hashlib

GENESIS = "0" * 64


def chain_hash(previous: str, text: str) -> str:
    """The SHA-256 (hexadecimal) of the hash before, a line feed and the entry's text, in UTF-8."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def entry_number(year: int, sequence: int) -> str:
    """The number of an entry: `entry_number(2026, 1)` is JE-2026-000001."""
    return f"JE-{year}-{sequence:06d}"
