"""What makes up an amount that was spent: the entries of payments, of reports that were accepted, and of runs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from fund import policy
from fund.queries.entries import add_facts
from fund.queries.flows import NOT_SPENT, Flow, Rest, Use
from ledger.queries import Scope, all_accounts, entries, postings, totals


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which amounts of a flow: what was spent on `what`, a category or Rest.BEFORE, of one sub-fund or of all, for one
    project or for all."""

    what: str
    fund: str = ""
    project: str = ""

    def takes(self, use: Use) -> bool:
        """Whether an amount is one of them."""
        is_chosen = use.what == self.what and use.what not in NOT_SPENT
        return is_chosen and self.fund in ("", use.fund) and self.project in ("", use.project)


@dataclass(frozen=True, slots=True)
class Spent:
    """An amount as the flow shows it, what its entries come to, and these: number in the chain, day, what each charges.

    The two differ where only a donor's part is shown, and where what was taken back later is set against it.
    """

    amount: int
    charged: int
    rows: QuerySet[Any, tuple[int, date, int]]


def find_spent(flow: Flow, chosen: Chosen) -> Spent:
    """What makes up the chosen amounts of a flow, the newest first. Minor units of the functional currency."""
    uses = [use for use in flow.uses if chosen.takes(use)]
    funds, projects = sorted({use.fund for use in uses}), {use.project for use in uses}
    since, until = _find_days(flow, chosen)
    scope = Scope(since, until, (policy.PROJECTS,), tuple(funds))
    # Without a sub-fund a scope is of all of them.
    moved = totals(scope, by=("account",)) if funds else []
    charged = [total.functional for total in moved if _is_charged(total.account, projects, chosen.what)]
    return Spent(sum(use.amount for use in uses), sum(charged), _find_rows(projects, chosen.what, scope))


def _find_days(flow: Flow, chosen: Chosen) -> tuple[date | None, date]:
    asked = flow.asked
    if chosen.what == Rest.BEFORE and asked.since:
        return None, asked.since - timedelta(days=1)
    return asked.since, asked.until


def _is_charged(account: str, projects: Collection[str], what: str) -> bool:
    project, category = policy.split_expense(account)
    return policy.is_spending(account) and project in projects and what in (Rest.BEFORE, category)


def _find_rows(projects: Collection[str], what: str, scope: Scope) -> QuerySet[Any, tuple[int, date, int]]:
    known = all_accounts().filter(name__startswith=policy.PROJECTS).values_list("pk", "name")
    accounts = [pk for pk, name in known if _is_charged(name, projects, what)]
    found = postings().filter(account__in=accounts, fund__in=scope.funds, dated_on__lte=scope.until)
    found = found.filter(dated_on__gte=scope.since) if scope.since else found
    rows = found.order_by("-dated_on", "-entry").values_list("entry", "dated_on").annotate(charged=Sum("functional"))
    return rows.exclude(charged=0)


def load_spent(rows: Iterable[tuple[int, date, int]]) -> list[Any]:
    """The entries of rows, with what each `charged`, and their `documents`, the one that caused it first."""
    charged = {entry: amount for entry, _, amount in rows}
    found = entries().prefetch_related("links").in_bulk(list(charged))
    shown: list[Any] = [found[entry] for entry in charged]
    add_facts(shown)
    for entry in shown:
        entry.charged = charged[entry.pk]
    return shown
