"""Codes that are made out of names, and what of names is read alike. Pure."""

import re
import unicodedata
from collections.abc import Callable

LONGEST = 30
_OTHER = re.compile(r"[^A-Z0-9]+")
# Letters that nobody sees, as Unicode has them for Hangul.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0")
# Marks of the scripts of India and South-East Asia: there they are vowels, and no accents.
_VOWELS = frozenset(letter for letter in map(chr, range(0x0900, 0x1800)) if unicodedata.category(letter)[0] == "M")


def fold_name(name: str) -> str:
    """What of a name two people would read alike: letters and digits, without accents and capitals.

    `fold_name("École S.A.")` is "ecolesa", as is that of "ECOLE SA". A name without any of them stays as it is.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(letter for letter in plain if _is_read(letter)) or name


def _is_read(letter: str) -> bool:
    return letter not in _INVISIBLE and (letter.isalnum() or letter in _VOWELS)


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
