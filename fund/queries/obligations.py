"""What of obligations is open, in minor units of the functional currency, as the ledger has it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from fund import policy
from fund.models import Obligation, ObligationLine
from fund.money import to_amount
from ledger.document_sums import instalment_balance, instalment_totals
from ledger.queries import Low, find_low, postings


def open_lines(references: Iterable[str]) -> dict[str, int]:
    """What is open of each line, by its reference (OBL-2026-0001/1)."""
    found = dict.fromkeys(references, 0)
    for total in instalment_totals(list(found)):
        if total.account.startswith(policy.OBLIGATED):
            found[total.instalment] += total.functional
    return found


def lowest_open(reference: str, *, since: date) -> Low:
    """The least that is open of a line at the end of any day from `since` on."""
    found = postings().filter(instalment=reference, account__name__startswith=policy.OBLIGATED)
    days = found.order_by("dated_on").values_list("dated_on").annotate(Sum("functional"))
    return find_low(((day, int(moved)) for day, moved in days), since=since)


def with_open(obligations: QuerySet[Obligation]) -> QuerySet[Any]:
    """`obligations` with `is_open`: whether any of its lines is."""
    balance = instalment_balance(OuterRef("reference"), (policy.OBLIGATED,))
    lines = ObligationLine.objects.filter(obligation=OuterRef("pk")).annotate(open=balance)
    return obligations.annotate(is_open=Exists(lines.filter(open__gt=0)))


def add_open(obligations: Iterable[Any]) -> list[Any]:
    """The obligations with `open`, what of each is open, and each of its lines in `rows` with its own."""
    found = list(obligations)
    lines: defaultdict[int, list[Any]] = defaultdict(list)
    for line in ObligationLine.objects.filter(obligation__in=found).order_by("position"):
        lines[line.obligation_id].append(line)
    standing = open_lines(line.reference for rows in lines.values() for line in rows)
    for obligation in found:
        obligation.rows = lines[obligation.pk]
        for line in obligation.rows:
            line.open = standing[line.reference]
        obligation.open = sum(line.open for line in obligation.rows)
        obligation.closed = to_amount(obligation.amount).minor - obligation.open
    return found


def open_obligations(*, project: str = "") -> list[Any]:
    """The obligations of which something is open, of one project or of all, the earliest first; see `add_open`."""
    found = with_open(Obligation.objects.select_related("project", "payee")).filter(is_open=True)
    if project:
        found = found.filter(project__code=project)
    return add_open(found.order_by("let_on", "number"))


def open_by_category(project: str) -> dict[str, int]:
    """What is open of a project's obligations, by category."""
    sums: defaultdict[str, int] = defaultdict(int)
    for obligation in open_obligations(project=project):
        sums[obligation.category] += obligation.open
    return dict(sums)
