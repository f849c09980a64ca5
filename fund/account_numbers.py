"""Numbers of bank accounts: their form, the check digits of an IBAN, and what is shown of them. Pure."""

import re

from fund.errors import ValueInvalid

_IBAN_LIKE = re.compile(r"[A-Z]{2}[0-9]{2}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_OTHER = re.compile(r"[A-Z0-9][A-Z0-9/-]{2,32}[A-Z0-9]")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
# How much of a number is shown to who has no need of it.
SHOWN = 4


def is_iban(text: str) -> bool:
    """Whether `text`, in capitals and without blanks, is an IBAN by its check digits (ISO 13616, mod 97).

    The first four characters go to the end, letters become numbers from 10 on, and 97 leaves 1 of it:
    `is_iban("GB82WEST12345698765432")` is True.
    """
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def clean_account(text: str) -> str:
    """An IBAN or an account number in capitals and without blanks. Raises ValueInvalid.

    What begins as an IBAN does, with two letters and two digits, has to be one.
    """
    cleaned = "".join(text.split()).upper()
    if _IBAN_LIKE.match(cleaned):
        if not is_iban(cleaned):
            raise ValueInvalid("This is no IBAN: its check digits do not fit. Compare it again.", field="account")
    elif not _OTHER.fullmatch(cleaned):
        raise ValueInvalid(
            "An account number has 4 to 34 letters, digits, hyphens and slashes; an IBAN begins with its country.",
            field="account",
        )
    return cleaned


def clean_bic(text: str) -> str:
    """A BIC in capitals and without blanks, or nothing. Raises ValueInvalid."""
    cleaned = "".join(text.split()).upper()
    if cleaned and not _BIC.fullmatch(cleaned):
        raise ValueInvalid("A BIC has 8 or 11 letters and digits, such as CITIUS33.", field="bic")
    return cleaned


def mask(account: str) -> str:
    """The last four characters, for who need not know the rest: `mask("GB82WEST12345698765432")` is "•••• 5432"."""
    return f"•••• {account[-SHOWN:]}"


def group(account: str) -> str:
    """An IBAN in groups of four, as letters have it, and any other number as it is."""
    if not is_iban(account):
        return account
    return " ".join(account[start : start + 4] for start in range(0, len(account), 4))
