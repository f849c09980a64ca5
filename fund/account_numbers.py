"""Numbers of bank accounts: IBANs and BICs by `stdnum`, others by their form; what is shown of them. Pure."""

import re

from stdnum import bic, iban
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from fund.errors import ValueInvalid

_IBAN_LIKE = re.compile(r"[A-Z]{2}[0-9]{2}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_OTHER = re.compile(r"[A-Z0-9][A-Z0-9/-]{2,32}[A-Z0-9]")
# How much of a number is shown to who has no need of it.
SHOWN = 4


def clean_account(text: str) -> str:
    """An IBAN or an account number in capitals and without blanks. Raises ValueInvalid.

    What begins as an IBAN does, with two letters and two digits, has to be one: by its check digits (ISO 13616), and by
    the length and the structure that the register has of its country, where it has any.
    """
    cleaned = "".join(text.split()).upper()
    if _IBAN_LIKE.match(cleaned):
        return _clean_iban(cleaned)
    if not _OTHER.fullmatch(cleaned):
        raise ValueInvalid(
            "An account number has 4 to 34 letters, digits, hyphens and slashes; an IBAN begins with its country.",
            field="account",
        )
    return cleaned


def _clean_iban(text: str) -> str:
    try:
        return iban.validate(text)
    except InvalidChecksum:
        why = "its check digits do not fit"
    except InvalidComponent:
        # Its check digits fit. Much of Africa has IBANs and is not in the register; nor does stdnum know every bank.
        if _IBAN.fullmatch(text):
            return text
        why = "it has 15 to 34 letters and digits"
    except ValidationError:
        why = f"those of {text[:2]} have another length or structure"
    raise ValueInvalid(f"This is no IBAN: {why}. Compare it again.", field="account")


def clean_bic(text: str) -> str:
    """A BIC in capitals and without blanks, or nothing. Raises ValueInvalid."""
    cleaned = "".join(text.split()).upper()
    if cleaned and not bic.is_valid(cleaned):
        raise ValueInvalid(
            "A BIC has 8 or 11 letters and digits, such as CITIUS33, the fifth and sixth a country.", field="bic"
        )
    return bic.compact(cleaned)


def mask(account: str) -> str:
    """The last four characters, for who need not know the rest: `mask("GB82WEST12345698765432")` is "•••• 5432"."""
    return f"•••• {account[-SHOWN:]}"


def group(account: str) -> str:
    """An IBAN in groups of four, as letters have it, and any other number as it is."""
    return iban.format(account) if _IBAN_LIKE.match(account) else account
