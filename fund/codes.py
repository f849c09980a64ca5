"""Codes that are made out of names, and what of names is read alike. Pure."""

import re
import unicodedata
from collections.abc import Callable

LONGEST = 30
_OTHER = re.compile(r"[^A-Z0-9]+")


def fold_name(name: str) -> str:
    """What of a name two people would read alike: letters and digits, without accents and capitals.

    `fold_name("École S.A.")` is "ecolesa", as is that of "ECOLE SA". A name without any of them stays as it is.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(letter for letter in plain if letter.isalnum()) or name


def make_code(name: str, is_taken: Callable[[str], bool]) -> str:
    """A free code out of a name, for who has no time to think of one.

    `make_code("Ávila y Muñoz", …)` is "AVILA-Y-MUNOZ", and "AVILA-Y-MUNOZ-2" where that is taken. A name without any
    Latin letter or digit becomes PAYEE.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    # Room for a number behind it.
    base = _OTHER.sub("-", plain).strip("-")[: LONGEST - 6].strip("-") or "PAYEE"
    code, number = base, 1
    while is_taken(code):
        number += 1
        code = f"{base}-{number}"
    return code
