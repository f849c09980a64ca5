"""The map of somebody else's book: which sub-fund its accounts belong to, and what they are called in ours. TOML."""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fund.policy import GENERAL
from imports.errors import MapUnfit
from ledger.accounts import AccountType, check_name, is_code
from ledger.errors import AccountInvalid

EQUITY = "Equity:Opened-Book"
_KEYS = ("default_fund", "equity", "funds", "accounts")


@dataclass(frozen=True, slots=True)
class BookMap:
    """What a map says. Keys of `funds` and `accounts` are accounts of the book or the first parts of some.

    `equity` takes what opening balances leave open in a sub-fund.
    """

    default_fund: str
    funds: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    equity: str = EQUITY

    def fund_of(self, account: str) -> str:
        """The sub-fund of an account: that of the longest key that it begins with."""
        return next((self.funds[part] for part in _beginnings(account) if part in self.funds), self.default_fund)

    def rename(self, account: str) -> str:
        """The account with the longest key that it begins with replaced."""
        for part in _beginnings(account):
            if part in self.accounts:
                return self.accounts[part] + account.removeprefix(part)
        return account

    def find_unused(self, accounts: Iterable[str]) -> Iterator[str]:
        """The keys, as `table.key`, that none of the book's `accounts` begins with."""
        used = {part for account in accounts for part in _beginnings(account)}
        for table, keys in (("funds", self.funds), ("accounts", self.accounts)):
            yield from (f"{table}.{quote(key)}" for key in keys if key not in used)


def _beginnings(account: str) -> Iterator[str]:
    """The account and its first parts, the longest first."""
    parts = account.split(":")
    return (":".join(parts[:size]) for size in range(len(parts), 0, -1))


def parse_map(data: bytes) -> BookMap:
    """The map in a TOML file. Raises MapUnfit with everything that is wrong with it."""
    try:
        found = tomllib.loads(data.decode())
    except UnicodeDecodeError:
        raise MapUnfit(["It is not UTF-8: save it as UTF-8."]) from None
    except tomllib.TOMLDecodeError as error:
        raise MapUnfit([f"It is not TOML: {error}."]) from None
    problems = list(_check(found))
    if problems:
        raise MapUnfit(problems)
    tables = {name: _without_colons(found.get(name, {})) for name in ("funds", "accounts")}
    return BookMap(found["default_fund"], tables["funds"], tables["accounts"], found.get("equity", EQUITY))


def _without_colons(table: Mapping[str, str]) -> dict[str, str]:
    return {key.removesuffix(":"): value.removesuffix(":") for key, value in table.items()}


def _check(found: Mapping[str, Any]) -> Iterator[str]:
    for key in found:
        if key not in _KEYS:
            yield f"{key}: a map has {', '.join(_KEYS)}, and nothing else."
    yield from _check_fund("default_fund", found.get("default_fund", ""))
    if not str(found.get("equity", EQUITY)).startswith("Equity:"):
        yield f"equity: write an account of Equity, such as {EQUITY}."
    yield from _check_account("equity", found.get("equity", EQUITY))
    for name, check in (("funds", _check_fund), ("accounts", _check_root)):
        table = found.get(name, {})
        if not isinstance(table, dict):
            yield f"{name}: write [{name}] and a line for each account below it."
            continue
        for key, value in table.items():
            yield from check(f"{name}.{quote(key)}", value)


def _check_fund(where: str, value: object) -> Iterator[str]:
    if not (isinstance(value, str) and is_code(value)):
        yield f"{where}: write the code of a sub-fund in quotation marks, such as {quote(GENERAL)}."


def _check_root(where: str, value: object) -> Iterator[str]:
    """A new name may be the beginning of names, and so a type alone."""
    if value not in list(AccountType):
        yield from _check_account(where, value)


def _check_account(where: str, value: object) -> Iterator[str]:
    try:
        check_name(value.removesuffix(":") if isinstance(value, str) else "Nothing")
    except AccountInvalid as problem:
        yield f"{where}: {problem.message}"


def render_map(accounts: Iterable[str], renamed: Mapping[str, str]) -> str:
    """A map to begin with: every account with a sub-fund, and a name to choose for those in `renamed`."""
    lines = [
        "# The sub-fund of what is not named below: POOL, GENERAL or the number of an earmarked agreement.",
        f"default_fund = {quote(GENERAL)}",
        "# With --opening: takes what the balances leave open in a sub-fund.",
        f"equity = {quote(EQUITY)}",
        "",
        "# Sub-funds by account, or by the first parts of accounts; the longest counts.",
        "[funds]",
        *(f"{quote(account)} = {quote(GENERAL)}" for account in accounts),
        "",
        "# Names in ours, by account or by the first parts of accounts: A-Z, a-z, 0-9 and hyphens.",
        "[accounts]",
        *render_names(renamed),
    ]
    return "\n".join(lines) + "\n"


def render_names(renamed: Mapping[str, str]) -> list[str]:
    """The lines of a map that give accounts other names."""
    return [f"{quote(account)} = {quote(name)}" for account, name in renamed.items()]


def quote(text: str) -> str:
    """`text` as a TOML string; accounts have no character that would need more."""
    return f'"{text}"'


def suggest_name(account: str, taken: set[str]) -> str:
    """A name that ours could take, near to `account` where its letters allow, and not in `taken`, which it joins."""
    root, *parts = account.split(":")
    found = ":".join([root, *(_to_ascii(part) for part in parts)])
    name, count = found, 2
    while name in taken:
        name, count = f"{found}-{count}", count + 1
    taken.add(name)
    return name


def _to_ascii(part: str) -> str:
    plain = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode()
    kept = "".join(letter for letter in plain if letter.isalnum() or letter == "-").strip("-")
    return (kept[:1].upper() + kept[1:]) or "Renamed"
