"""Donors: what each pledged, signed, sent and still owes. Minor units of the functional currency."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fund import policy
from fund.models import Donor
from ledger.queries import Scope, Total, totals


@dataclass(frozen=True, slots=True)
class DonorStanding:
    """Where a donor stands, all positive.

    `pledged` is what is neither signed, withdrawn nor lapsed; `received` is all that the donor sent, gifts and charges
    of banks on the way included, at the rates of the days; `unapplied`, a part of it, came beyond what was owed;
    `deferred` is income once conditions are met.
    """

    pledged: int = 0
    signed: int = 0
    received: int = 0
    outstanding: int = 0
    unapplied: int = 0
    deferred: int = 0


def donor_standings(donors: Sequence[Donor]) -> dict[str, DonorStanding]:
    """The standing of each donor, by its code, in a fixed number of queries."""
    sums: dict[str, defaultdict[str, int]] = {donor.code: defaultdict(int) for donor in donors}
    for total in totals(_scope_of(sums), by=("account", "kind")) if sums else ():
        prefix, code = _part(total.account)
        for figure, sign in _figures(prefix, total):
            sums[code][figure] += sign * total.functional
    for code, received in _sum_sent(sums).items() if sums else ():
        sums[code]["received"] = received
    return {code: DonorStanding(**cell) for code, cell in sums.items()}


_ACCOUNTS = (policy.PLEDGED, *policy.OWED, policy.UNAPPLIED, policy.DEFERRED)


def _scope_of(codes: dict[str, defaultdict[str, int]]) -> Scope:
    return Scope(accounts=tuple(prefix + code for prefix in _ACCOUNTS for code in codes))


def _part(account: str) -> tuple[str, str]:
    prefix = next(prefix for prefix in _ACCOUNTS if account.startswith(prefix))
    return prefix, account.removeprefix(prefix)


def _figures(prefix: str, total: Total) -> list[tuple[str, int]]:
    """The figures that a balance belongs to, each with the sign that makes it positive."""
    if prefix == policy.PLEDGED:
        return [("pledged", 1)]
    if prefix == policy.UNAPPLIED:
        return [("unapplied", -1)]
    if prefix == policy.DEFERRED:
        return [("deferred", -1)]
    return [("outstanding", 1), ("signed", 1)] if total.kind == "agreement" else [("outstanding", 1)]


def _sum_sent(codes: Iterable[str]) -> dict[str, int]:
    """What each donor sent: what the banks got and what they kept on the way."""
    scope = Scope(accounts=policy.SENT, kinds=("receipt",), parties=tuple(codes))
    return {total.party: total.functional for total in totals(scope, by=("party",))}
