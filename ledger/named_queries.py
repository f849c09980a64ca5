"""The queries that a book carries by name, each with a row of its answer as the ledger itself has it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ledger import queries, syntax
from ledger.models import Entry, Link, Posting
from ledger.money import Amount
from ledger.periods import Period
from ledger.queries import Scope, Total

# How the columns of amounts are asked for, in every query that has them.
BALANCE_AND_CARRIED = "sum(position) AS balance, sum(weight) AS carried"


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query of bean-query under a name.

    `answers` says what, in plain words; `example` is a row of the answer, cell by cell, as far as it holds on any
    day. Cells are written as bean-query writes them. At most 24 characters make a name that Fava's menu shows.
    """

    name: str
    answers: str
    text: str
    example: tuple[str, ...] = ()


def make_queries() -> list[NamedQuery]:
    """The queries of every book; those about one sub-fund or one document show it with one of the book's."""
    fund = _find_fund()
    account = _first_account(Scope())
    of_fund = _first_account(Scope(funds=(fund,)))
    by_fund = "SELECT meta('fund') AS sub_fund"
    return [
        NamedQuery(
            "trial-balance",
            "what each account holds",
            f"SELECT account, {BALANCE_AND_CARRIED} GROUP BY account ORDER BY account",
            account,
        ),
        NamedQuery(
            "zero-per-sub-fund",
            "each sub-fund adds up to nothing, or zero (also -0.00)",
            f"{by_fund}, sum(weight) AS total GROUP BY sub_fund ORDER BY sub_fund",
        ),
        NamedQuery(
            "sub-fund-trial-balances",
            "the same of each sub-fund",
            f"{by_fund}, account, {BALANCE_AND_CARRIED} GROUP BY sub_fund, account ORDER BY sub_fund, account",
            (fund, *of_fund) if of_fund else (),
        ),
        NamedQuery(
            "trial-balance-of-one",
            "of one sub-fund: change the code for another",
            f"SELECT account, {BALANCE_AND_CARRIED} WHERE meta('fund') = '{fund}' GROUP BY account ORDER BY account",
            of_fund,
        ),
        _entries_of_document(),
        _debits_by_month(),
    ]


def _find_fund() -> str:
    return max((total.fund for total in queries.totals(Scope(), by=("fund",))), default="POOL")


def _first_account(scope: Scope) -> tuple[str, ...]:
    """The row of the first account of a trial balance that holds anything."""
    found = queries.totals(scope, by=("account", "currency"))
    first = next((total.account for total in found if total.amount), None)
    return (first, *balance_and_carried(total for total in found if total.account == first)) if first else ()


def balance_and_carried(totals: Iterable[Total]) -> tuple[str, str]:
    """The two cells of totals by currency: what there is of each, and what all of it is carried at."""
    sums: defaultdict[str, int] = defaultdict(int)
    carried = 0
    for total in totals:
        sums[total.currency] += total.amount
        carried += total.functional
    balance = ", ".join(render(minor, currency) for currency, minor in sorted(sums.items()) if minor)
    return balance, render(carried, queries.functional_currency()) if carried else ""


def render(minor: int, currency: str) -> str:
    """An amount in minor units as bean-query writes it."""
    return syntax.render_amount(Amount(minor, currency))


def _entries_of_document() -> NamedQuery:
    number = Link.objects.order_by("entry", "position").values_list("document", flat=True).first()
    document = number or "RCT-2026-0001"
    return NamedQuery(
        "entries-of-one-document",
        "of one document: change the number for another",
        "SELECT date, entry_meta('number') AS number, account, position, weight, payee, narration "
        f"WHERE '{document}' IN links",
        _first_posting(document),
    )


def _debits_by_month() -> NamedQuery:
    first = Entry.objects.order_by("dated_on").values_list("dated_on", flat=True).first()
    month = Period(first.year, first.month) if first else None
    debit = queries.sum_postings(month.begins_on, month.ends_on)[0] if month else 0
    return NamedQuery(
        "debits-by-month",
        "what the certificate of a closed month states",
        "SELECT year, month, sum(weight) AS debit WHERE number > 0 GROUP BY year, month ORDER BY year, month",
        (str(month.year), str(month.month), render(debit, queries.functional_currency())) if month else (),
    )


def _first_posting(document: str) -> tuple[str, ...]:
    found = Posting.objects.select_related("entry", "account").filter(entry__links__document=document)
    posting = found.order_by("entry", "line").first()
    if posting is None:
        return ()
    amounts = (render(posting.amount, posting.currency), render(posting.functional, queries.functional_currency()))
    return (str(posting.dated_on), posting.entry.number, posting.account.name, *amounts)
