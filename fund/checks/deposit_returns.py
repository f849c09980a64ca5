"""What was decided on returns of deposits, against what became of the deposits."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from fund.checks.documents import Kind, acts_of_decided
from fund.checks.instants import are_near
from fund.checks.told import find_first
from fund.models import AuditRecord, DepositReturn, Placement, State
from ledger.checks import Report

# The entries are the receipts' own, and checked with them.
DEPOSIT_RETURNS = Kind(
    DepositReturn,
    day="dated_on",
    accounts=(),
    expect=lambda *_: [],
    acts=acts_of_decided("deposit return", "reverse deposit return"),
    related=("receipt",),
    letter="D",
    whole="receipt",
)


def check_deposit_returns(report: Report) -> Iterator[str]:
    """Every deposit went back as its approved return says, and by none that is not approved."""
    placements = Placement.objects.order_by("id").select_related("receipt")
    found = {
        (one.receipt.number, one.placed_on, one.undone_on, one.reason, one.created_by_id)
        for one in placements
        if one.returned
    }
    posted = DepositReturn.objects.filter(state__in=(State.APPROVED, State.REVERSED)).select_related("receipt")
    known = set()
    for one in posted.order_by("number"):
        known.add(one.number)
        if (one.receipt.number, one.dated_on, one.reversed_on, one.grounds, one.decided_by_id) not in found:
            yield f"{one} is {one.get_state_display().lower()}, and {one.receipt} did not go back as it says."
    # What went back before that needed approval has a record that names no return: one before all that were prepared.
    first = find_first("prepare deposit return")
    acts = AuditRecord.objects.filter(act="return deposit").order_by("id")
    for place, receipt, detail in acts.values_list("id", "subject", "detail"):
        number = detail.partition(":")[0]
        is_named = number.startswith(f"{receipt}/D")
        if number not in known and (is_named or place > first):
            yield f"{receipt} went back, and {number if is_named else 'its return'} is not approved."
    yield from _compare_placements(placements)
    report(f"{len(found):,} returned deposits")


def _compare_placements(placements: Iterable[Placement]) -> Iterator[str]:
    """Who identified or returned a deposit, when and why, is as the audit records have it, in their order."""
    told: defaultdict[str, list[AuditRecord]] = defaultdict(list)
    for act in AuditRecord.objects.filter(act__in=("identify deposit", "return deposit")).order_by("-id"):
        told[act.subject].append(act)
    for one in placements:
        # That one has none is said of its receipt.
        acts = told[one.receipt.number]
        if acts and not _agree(one, done := acts.pop()):
            yield f"{one} is not by whom, when or why its audit record of “{done.act}” says."


def _agree(one: Placement, act: AuditRecord) -> bool:
    # A return of before that was decided by two has its reason alone.
    reasons = (act.detail, act.detail.partition(": ")[2]) if one.returned else ("",)
    is_near = are_near(one.created_at.isoformat(), act.at.isoformat())
    return one.created_by_id == act.user_id and is_near and one.reason in reasons
