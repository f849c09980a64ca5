"""The certificate of a closed period: what was seen when it was closed, as text with a sum of its own.

Kept outside the books, it shows later what they cannot show of themselves: that nothing was cut off the end of the
chain, and that the chain was not written anew. Pure: no Django, no clock.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from ledger.errors import CertificateInvalid

TITLE = "Certificate of a closed period"
LONGEST = 5_000
_LINE = re.compile(r"([a-z0-9_]+): (.*)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate states, each as it is written: days and instants in ISO 8601, instants in UTC.

    `entries`, `debit` and `credit` (in `currency`, the functional one) are those dated in the period; `chain_entries`
    is the length of the whole chain at the closing, `head` the number of its newest entry and `head_sha256` its hash.
    """

    period: str
    begins_on: str
    ends_on: str
    currency: str
    entries: str
    debit: str
    credit: str
    chain_entries: str
    head: str
    head_sha256: str
    closed_at: str
    closed_by: str


def render_certificate(certificate: Certificate) -> str:
    """The certificate as text. Its last line is the SHA-256 of all lines before, each with its line feed."""
    lines = [f"{field.name}: {getattr(certificate, field.name)}" for field in fields(Certificate)]
    text = "\n".join([TITLE, *lines]) + "\n"
    return f"{text}sha256: {_sum(text)}\n"


def parse_certificate(text: str) -> Certificate:
    """What a certificate states, also after other lines, as `close_period` prints it. Raises CertificateInvalid.

    Ends of line may be those of any system.
    """
    text = text[max(text.rfind(TITLE), 0) :] if len(text) <= LONGEST else ""
    text = "\n".join(text.strip().splitlines()) + "\n"
    body, _, last = text.rstrip("\n").rpartition("\n")
    title, *lines = body.split("\n")
    found = [_LINE.fullmatch(line) for line in lines]
    stated = {match[1]: match[2] for match in found if match}
    names = [field.name for field in fields(Certificate)]
    if title != TITLE or None in found or list(stated) != names or not _is_sound(stated):
        raise CertificateInvalid("This is not a certificate of a closed period as the ledger writes it.")
    if last != f"sha256: {_sum(body + chr(10))}":
        raise CertificateInvalid("The certificate was changed: its last line is not the sum of the lines before.")
    return Certificate(**stated)


def _is_sound(stated: Mapping[str, str]) -> bool:
    """True where days are days and counts are counts, whoever made the sum below them."""
    days = all(_DAY.fullmatch(stated[name]) and _is_day(stated[name]) for name in ("begins_on", "ends_on"))
    return days and all(_COUNT.fullmatch(stated[name]) for name in ("entries", "chain_entries"))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
