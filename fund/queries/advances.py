"""What of advances is open, as the ledger has it: line by line, by project, and on any day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from fund import policy
from fund.models import Advance, AdvanceLine
from fund.money import to_amount
from fund.policy import Carried
from ledger.document_sums import Names, instalment_balance, instalment_totals
from ledger.money import Amount
from ledger.queries import Low, Move, find_low, postings


def open_lines(references: Names, *, until: date | None = None) -> dict[str, tuple[int, int]]:
    """What is open of each line that something was posted of, by its reference (ADV-2026-0001/1).

    In minor units of its currency, and as it is carried; `references` may be a query.
    """
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for total in instalment_totals(references, until=until):
        if total.account.startswith(policy.ADVANCES):
            found[total.instalment][0] += total.amount
            found[total.instalment][1] += total.functional
    return {reference: (amount, functional) for reference, (amount, functional) in found.items()}


def open_of(line: AdvanceLine) -> Carried:
    """What of a line is open now, and what it is carried at."""
    amount, functional = open_lines([line.reference]).get(line.reference, (0, 0))
    return Carried(Amount(amount, to_amount(line.amount).currency), functional)


def lowest_open(line: AdvanceLine, *, since: date) -> Low:
    """The least that is open of a line at the end of any day from `since` on, in its currency."""
    return find_low(_moves([line.reference], "amount"), since=since)


def advance_moves(project: str, fund: str) -> Iterator[Move]:
    """What advances of a sub-fund for a project moved, day by day, as they are carried; debit positive."""
    lines = AdvanceLine.objects.filter(project__code=project, fund=fund).order_by()
    return _moves(lines.values_list("reference", flat=True), "functional")


def _moves(references: Names, measure: str) -> Iterator[Move]:
    found = postings().filter(instalment__in=references, account__name__startswith=policy.ADVANCES)
    # The condition is the index's own: SQLite reads every posting without it.
    rows = found.exclude(instalment="").order_by().values_list("dated_on").annotate(Sum(measure))
    return ((day, int(moved)) for day, moved in rows)


def open_by_project(codes: Sequence[str] = (), *, until: date | None = None) -> dict[tuple[str, str], int]:
    """What is open of advances by project and sub-fund, functional; of all projects by default."""
    lines = AdvanceLine.objects.filter(project__code__in=codes) if codes else AdvanceLine.objects.all()
    places = dict(_by_reference(lines))
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    if places:
        for reference, (_, functional) in open_lines(
            lines.order_by().values_list("reference", flat=True), until=until
        ).items():
            sums[places[reference]] += functional
    return {place: functional for place, functional in sums.items() if functional}


def _by_reference(lines: QuerySet[AdvanceLine]) -> Iterator[tuple[str, tuple[str, str]]]:
    rows = lines.order_by().values_list("reference", "project__code", "fund")
    return ((reference, (project, fund)) for reference, project, fund in rows)


def with_open(advances: QuerySet[Advance]) -> QuerySet[Any]:
    """`advances` with `is_open`: whether any of its lines is."""
    balance = instalment_balance(OuterRef("reference"), (policy.ADVANCES,))
    lines = AdvanceLine.objects.filter(advance=OuterRef("pk")).annotate(open=balance)
    return advances.annotate(is_open=Exists(lines.filter(open__gt=0)))


def add_open(advances: Iterable[Any], *, until: date | None = None) -> list[Any]:
    """The advances with what of each is `open`, in its currency, and `carried`; its lines in `rows` with the same."""
    found = list(advances)
    lines: defaultdict[int, list[Any]] = defaultdict(list)
    for line in AdvanceLine.objects.filter(advance__in=found).select_related("project").order_by("position"):
        lines[line.advance_id].append(line)
    standing = open_lines([line.reference for rows in lines.values() for line in rows], until=until)
    for advance in found:
        advance.rows = lines[advance.pk]
        for line in advance.rows:
            line.open, line.carried = standing.get(line.reference, (0, 0))
        advance.open = sum(line.open for line in advance.rows)
        advance.carried = sum(line.carried for line in advance.rows)
    return found


def open_advances(*, project: str = "", until: date | None = None) -> list[Any]:
    """The advances of which something is open, or was at the end of a day, the earliest first; see `add_open`."""
    found: QuerySet[Any] = Advance.objects.select_related("partner", "bank_account").order_by("paid_on", "number")
    if project:
        found = found.filter(lines__project__code=project).distinct()
    # What is settled now may have been open on an earlier day.
    found = found.filter(paid_on__lte=until) if until else with_open(found).filter(is_open=True)
    return [advance for advance in add_open(found, until=until) if advance.open]
