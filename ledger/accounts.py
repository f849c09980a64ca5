"""Account names: their form, type and order. Pure: no Django, no clock."""

import re
from enum import StrEnum
from functools import lru_cache

from ledger.errors import AccountInvalid


class AccountType(StrEnum):
    """The five types of Beancount, in the order of a trial balance."""

    ASSETS = "Assets"
    LIABILITIES = "Liabilities"
    EQUITY = "Equity"
    INCOME = "Income"
    EXPENSES = "Expenses"


# Narrower than Beancount's own rule, which takes letters of any script: codes stay ASCII so that links, file names
# and URLs hold them unchanged.
_NAME = re.compile(r"(?:Assets|Liabilities|Equity|Income|Expenses)(?::[A-Z0-9][A-Za-z0-9-]*)+")
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]*")
LONGEST = 120
CODE_RULE = "capital letters, digits and hyphens, beginning with a letter or a digit"

FUNCTIONAL_TYPES = frozenset({AccountType.INCOME, AccountType.EXPENSES})


def check_name(name: str) -> str:
    """`name` itself when it is an account's. Raises AccountInvalid."""
    if not _NAME.fullmatch(name):
        raise AccountInvalid(f"{name} is not an account: write a type and names, such as Assets:Bank:CITI-USD.")
    if len(name) > LONGEST:
        raise AccountInvalid(f"{name} has {len(name)} characters; an account's name has at most {LONGEST}.")
    return name


def account_type(name: str) -> AccountType:
    """The type of an account: `account_type("Assets:Bank:CITI-USD")` is AccountType.ASSETS."""
    return AccountType(name.split(":", 1)[0])


@lru_cache(maxsize=10_000)
def sort_key(name: str) -> tuple[int, str]:
    """Sorts accounts as a trial balance lists them: by type, then by name. Kept, since every page sorts by it."""
    return list(AccountType).index(account_type(name)), name


def is_code(text: str) -> bool:
    """True where `text` can be the last part of an account name, such as a donor's or a project's code."""
    return CODE.fullmatch(text) is not None
