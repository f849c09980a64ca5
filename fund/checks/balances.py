"""What must be true of balances whatever the documents say: no cash below zero, no allocation exceeded."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from fund import policy
from fund.checks.documents import PLEDGES
from fund.queries.contributions import open_pledges
from ledger.checks import Report
from ledger.money import Amount
from ledger.queries import Scope, functional_currency, postings, totals

# A month and what it adds, in minor units.
_Move = tuple[date, int]


def check_cash(report: Report) -> Iterator[str]:
    """No sub-fund stands below zero at a bank at the end of any month."""
    found = totals(Scope(accounts=(policy.BANK,)), by=("account", "fund", "currency", "month"))
    moves: defaultdict[tuple[str, str, str], list[_Move]] = defaultdict(list)
    for total in found:
        moves[total.account, total.fund, total.currency].append((total.month or date.min, total.amount))
    for (account, fund, currency), changes in moves.items():
        below = find_below_zero(changes)
        if below:
            month, minor = below
            yield f"{fund} has {Amount(minor, currency)} in {account} at the end of {month:%Y-%m}."


def check_allocations(report: Report) -> Iterator[str]:
    """No project has used more of a sub-fund than was allocated to it, at the end of any month.

    Used is what is spent, obligated and advanced. What rates made of an advance since it was paid is left out: no
    payment caused that.
    """
    accounts = (policy.ALLOCATED, policy.PROJECTS, policy.OBLIGATED)
    found = totals(Scope(accounts=accounts), by=("account", "fund", "month"))
    moves: defaultdict[tuple[str, str], list[_Move]] = defaultdict(list)
    for total in (total for total in found if not total.account.endswith(f":{policy.IN_KIND}")):
        account = total.account.removeprefix(policy.MEMORANDUM)
        # The third part of the accounts is the project's code, and the second of the memorandum.
        project = account.split(":")[1 if account != total.account else 2]
        moves[project, total.fund].append((total.month or date.min, -total.functional))
    advanced = postings().filter(account__name__startswith=policy.ADVANCES).exclude(entry__kind="revaluation")
    for project, fund, day, functional in advanced.values_list("project", "fund", "dated_on", "functional"):
        moves[project, fund].append((day.replace(day=1), -functional))
    for (project, fund), changes in sorted(moves.items()):
        below = find_below_zero(changes)
        if below:
            month, minor = below
            over = Amount(-minor, functional_currency())
            yield f"{project} has spent {over} of {fund} beyond its allocation at the end of {month:%Y-%m}."


def find_below_zero(moves: list[_Move]) -> _Move | None:
    """The first month at whose end the running sum is below zero, with the sum."""
    running: defaultdict[date, int] = defaultdict(int)
    for month, minor in moves:
        running[month] += minor
    standing = 0
    for month in sorted(running):
        standing += running[month]
        if standing < 0:
            return month, standing
    return None


def check_pledges(report: Report) -> Iterator[str]:
    """No more is signed of a pledge than it promised, and nothing of one that is withdrawn or lapsed is open."""
    for pledges in PLEDGES.chunks(report):
        remaining = open_pledges(pledges)
        for pledge in pledges:
            left = remaining[pledge.number].amount
            if left.minor < 0 or (left.minor and pledge.ended_on):
                yield f"{pledge} has {left} open, which it must not have."
