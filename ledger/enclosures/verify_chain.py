"""Follows the chain of hashes through the book in this folder.

Each entry stands under its number, its hash and the hash of the entry before it. A hash is the SHA-256 of the hash
before, a line feed and the entry's text; the first one follows 64 zeros. Prints how many entries there are and the
hash of the last one.
"""

import hashlib
import pathlib
import re
import sys

files = sorted(pathlib.Path(__file__).parent.glob("*.beancount"))
book = "\n".join(file.read_bytes().decode() for file in files)
entries = re.findall(r"^; \S+ sha256 (\w{64}) after (\w{64})\n((?:.+\n)+)", book, re.M)
if len(entries) != len(re.findall(r"^\d{4}\S+\s+(?:txn|pad|\S)\s", book, re.M)):
    sys.exit("an entry without its hash")
following, head = {after: (sha256, text) for sha256, after, text in entries}, "0" * 64
for count in range(1, len(entries) + 1):
    if head not in following:
        sys.exit(f"no entry follows number {count - 1}")
    sha256, text = following[head]
    if hashlib.sha256(f"{head}\n{text}".encode()).hexdigest() != sha256:
        sys.exit(f"entry {count} was changed")
    head = sha256
print(len(entries), head)
