"""Where the accounts of somebody else's book stand in ours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imports.parsers.book_map import BookMap, render_names, suggest_name
from ledger.accounts import FUNCTIONAL_TYPES, AccountType, account_type, check_name
from ledger.errors import AccountInvalid, Finding
from ledger.quarantine import OutsideBook, OutsideLine


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts of a book under its map. The book's own names of the five types become ours."""

    book: OutsideBook
    map: BookMap

    def place(self, account: str) -> str:
        """The account's name in ours, which may not be a name at all: see `check_names`."""
        name = self.map.rename(account)
        if name != account:
            return name
        return f"{self._type(account)}:{account.partition(':')[2]}"

    def fund_of(self, account: str, own: str) -> str:
        """The sub-fund of a posting: its own metadata before the map."""
        return own or self.map.fund_of(account)

    def is_on_balance_sheet(self, account: str) -> bool:
        """True for assets, liabilities and equity, by the name that the account has in ours."""
        return account_type(self.place(account)) not in FUNCTIONAL_TYPES

    def check_kept(self, accounts: Iterable[str]) -> Iterator[Finding]:
        """The map takes no account off the balance sheet, where opening balances would leave it out."""
        for account in sorted(accounts):
            if self._type(account) not in FUNCTIONAL_TYPES and not self.is_on_balance_sheet(account):
                what = f"{account} is {self.place(account)} in ours, which has no opening balance."
                yield Finding(0, f"Map: {what} Give it a name of Assets, Liabilities or Equity.")

    def _type(self, account: str) -> AccountType:
        """The type of an account in the book itself."""
        return list(AccountType)[self.book.roots.index(account.partition(":")[0])]

    def find_names_needed(self, accounts: Iterable[str]) -> list[str]:
        """The accounts whose name ours cannot take, in alphabetical order."""
        return sorted(account for account in accounts if not _is_name(self.place(account)))

    def check_names(self, accounts: Iterable[str]) -> Iterator[Finding]:
        """One finding with every one of these that needs another name, and the lines of the map that give it one."""
        needed = self.find_names_needed(accounts)
        if needed:
            lines = "\n".join(f"    {line}" for line in render_names(self.suggest(needed)))
            what = "These accounts need names of A-Z, a-z, 0-9 and hyphens in ours. Choose them in the map, such as:"
            yield Finding(0, f"{what}\n    [accounts]\n{lines}")

    def suggest(self, accounts: Iterable[str]) -> dict[str, str]:
        """A possible name for each account."""
        taken = {self.place(account) for account in self.book.opened}
        return {account: suggest_name(self.place(account), taken) for account in accounts}

    def check_keys(self) -> Iterator[Finding]:
        """The map names accounts of this book, and gives none to `equity`, which is ours."""
        known = {*self.book.opened, *(account for account, _, _ in self.book.balances)}
        for key in self.map.find_unused(known):
            yield Finding(0, f"Map: {key} is no account of the book, nor the first parts of one.")
        for account in sorted(known):
            if self.place(account) == self.map.equity:
                yield Finding(
                    0, f"Map: equity is {self.map.equity}, which is an account of the book: name another one."
                )

    def find_currencies(self, lines: Iterable[OutsideLine]) -> dict[str, str]:
        """The currency of each account that ours opens: the one that the book allows or uses in it, where it is one."""
        allowed: dict[str, set[str]] = {}
        used: dict[str, set[str]] = {}
        for line in lines:
            name = self.place(line.account)
            allowed.setdefault(name, set()).update(self.book.opened.get(line.account, (0, ()))[1] or ("",))
            used.setdefault(name, set()).add(line.currency)
        found = {name: used[name] if "" in currencies else currencies for name, currencies in allowed.items()}
        return {name: next(iter(currencies)) for name, currencies in found.items() if len(currencies) == 1}


def _is_name(name: str) -> bool:
    try:
        check_name(name)
    except AccountInvalid:
        return False
    return True
