"""Words of other funds: which class they mean, and a code out of a name. Pure."""

import re
import unicodedata
from collections.abc import Container, Mapping

LONGEST_CODE = 20

# What other funds call their donors, by recommendation 34's classes. A member of another body is not by that a State
# Party to this convention, so it is an other State until somebody says otherwise.
TERMS = {
    "states party": "state_party",
    "member state": "other_state",
    "non member state": "other_state",
    "state": "other_state",
    "government": "other_state",
    "observer": "other_state",
    "observer state": "other_state",
    "permanent observer": "other_state",
    "organization": "organisation",
    "international organisation": "organisation",
    "international organization": "organisation",
    "regional organisation": "organisation",
    "regional organization": "organisation",
    "regional local authority": "organisation",
    "private contributions through unf": "private_sector",
    "company": "private_sector",
    "ngo": "civil_society",
    "non governmental organisation": "civil_society",
    "non governmental organization": "civil_society",
}
_PRIVATE = "private"


def normalise_term(text: str) -> str:
    """A term without capitals and punctuation: `normalise_term("Non-Member State")` is "non member state"."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


def normalise_name(text: str) -> str:
    """A name as two people would type it alike: composed characters, single blanks, no capitals."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def find_class(term: str, chosen: Mapping[str, str]) -> str | None:
    """The class that a term means: what was `chosen` for it (by normalised term), or what it usually means."""
    normalised = normalise_term(term)
    found = chosen.get(normalised) or TERMS.get(normalised)
    if not found and normalised.split(" ")[0] == _PRIVATE:
        return "private_sector"
    return found


def make_code(name: str, taken: Container[str]) -> str:
    """A code out of a name, not one of `taken`: `make_code("Société Générale", ())` is "SOCIETE-GENERALE".

    Whole words as far as they fit into 20 characters; a number makes it unlike the others.
    """
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    code = _join(re.findall(r"[A-Z0-9]+", ascii_name), LONGEST_CODE) or "DONOR"
    number, candidate = 1, code
    while candidate in taken:
        number += 1
        candidate = f"{code[: LONGEST_CODE - len(str(number)) - 1]}-{number}"
    return candidate


def _join(words: list[str], longest: int) -> str:
    code = ""
    for word in words:
        longer = f"{code}-{word}" if code else word[:longest]
        if len(longer) > longest:
            break
        code = longer
    return code
