"""Amendments of agreements, prepared and approved: other amounts or days of instalments, another last day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Max

from fund import policy
from fund.errors import InstalmentsDiffer, InstalmentSettled, StateUnfit, ValueInvalid
from fund.models import Agreement, Amendment, AmendmentLine, Instalment, State
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.policy import Party
from fund.policy_agreements import Change
from fund.policy_agreements import amend_agreement as to_draft
from fund.queries.agreements import last_amendment, waiting_change
from fund.queries.contributions import Standing, lowest_standings
from fund.queries.rates import carry
from fund.queries.sub_funds import lowest_deferred
from ledger.money import Amount, share, split
from ledger.operations import writing
from ledger.queries import functional_currency, postings


@dataclass(frozen=True, slots=True)
class Term:
    """What an instalment is from now on: its day and whole amount. Without a `reference` it is a new one."""

    on: date
    amount: Amount
    reference: str = ""


def prepare_amendment(
    agreement: Agreement,
    *,
    amended_on: date,
    note: str,
    by: User,
    terms: Sequence[Term] = (),
    ends_on: date | None = None,
    after: int | None = None,
) -> Amendment:
    """Records an amendment that waits for another person's approval; nothing of the agreement changes before.

    Instalments that `terms` do not name stay, and so does the last day without `ends_on`. `after` is the position of
    the last amendment that `terms` rest on, where they restate what they do not change. Raises StateUnfit where another
    one waits, InstalmentSettled, InstalmentsDiffer, RateMissing, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_amendment")
    note = acts.clean_text(note, field="note", longest=300)
    with writing():
        found = Agreement.objects.select_related("donor").get(pk=agreement.pk)
        _check_day(found, amended_on, after)
        lines = list(_find_changed(found, terms))
        _check_ends(found, ends_on)
        if not lines and ends_on in (None, found.ends_on):
            raise ValueInvalid("This changes nothing: change an amount, a day, or the last day to spend it.")
        _find_changes(found, lines, amended_on)
        amendment = _save(found, lines, amended_on, ends_on, note, by)
        acts.record("prepare amendment", amendment, by=by, detail=note)
    return amendment


def approve_amendment(amendment: Amendment, *, by: User) -> bool:
    """[22] Approves an amendment: the agreement takes over what it says; False where it needs another approver first.

    What is taken off leaves at its carrying amount; what is added takes that over, and beyond it the rate of the day.
    Raises SamePerson, StateUnfit, and InstalmentSettled, RateMissing, YearNotOpen, ValueInvalid, as on preparing.
    """
    with writing():
        found = get_prepared(amendment, by=by)
        agreement = found.agreement
        acts.check_day(found.amended_on, "amended_on")
        _check_standing(agreement)
        _check_ends(agreement, found.ends_on)
        lines = list(found.lines.select_related("instalment"))
        changes = _find_changes(agreement, lines, found.amended_on)
        if not add_approval(found, functional=_weigh(changes), by=by):
            acts.record("approve amendment as the first of two", found, by=by, detail=found.note)
            return False
        _take_over(found, lines, by)
        _post(found, changes, by)
        decide(found, State.APPROVED, by=by)
        acts.record("approve amendment", found, by=by, detail=found.note)
    return True


def _check_day(agreement: Agreement, on: date, after: int | None) -> None:
    acts.check_day(on, "amended_on")
    _check_standing(agreement)
    check_none_waits(agreement)
    last = last_amendment(agreement)
    if last and after is not None and after != last.position:
        raise StateUnfit(f"{last} was recorded since this form was opened: open it again, or that would be undone.")
    acts.check_not_before(on, last.amended_on if last else agreement.signed_on, "amended_on")


def check_none_waits(agreement: Agreement) -> None:
    """Raises StateUnfit where an amendment or the cancellation of an agreement waits: one change at a time."""
    waiting = waiting_change(agreement)
    if waiting:
        raise StateUnfit(f"{waiting} awaits approval: once it is decided, another change can be prepared.")


def _check_standing(agreement: Agreement) -> None:
    limits.check_approved(agreement)
    if agreement.cancelled_on:
        raise StateUnfit(f"{agreement} was cancelled on {agreement.cancelled_on}: sign a new one.")


def _find_changed(agreement: Agreement, terms: Sequence[Term]) -> Iterator[AmendmentLine]:
    """What differs from what stands, instalment by instalment; a new one is made when this is approved."""
    standing = {one.reference: one for one in agreement.instalments.all()}
    currency = str(agreement.amount.currency)
    named = [term.reference for term in terms if term.reference]
    if len(named) != len(set(named)):
        raise ValueInvalid("An instalment is changed once in an amendment.", field="instalments")
    for term in terms:
        with acts.naming(term, among=terms):
            if term.amount.currency != currency:
                raise InstalmentsDiffer(f"The currency never changes: amounts are in {currency}.", field="instalments")
            if term.reference not in ("", *standing):
                raise ValueInvalid(f"{term.reference} is no instalment of {agreement}.", field="instalments")
            if term.amount.minor < 0 or not (term.amount.minor or term.reference):
                message = "An instalment is more than zero; one that stands may be lowered to zero."
                raise ValueInvalid(message, field="instalments")
            line = _to_line(standing.get(term.reference), term)
            if line.due_on != line.due_before:
                acts.check_not_before(line.due_on, agreement.signed_on, "instalments")
        if (line.amount, line.due_on) != (line.amount_before, line.due_before):
            yield line


def _to_line(instalment: Instalment | None, term: Term) -> AmendmentLine:
    line = AmendmentLine(amount=to_money(term.amount), due_on=term.on)
    if instalment:
        line.instalment, line.due_before = instalment, instalment.due_on
        line.amount_before = instalment.amount
    else:
        line.amount_before = to_money(Amount(0, term.amount.currency))
    return line


def _check_ends(agreement: Agreement, ends_on: date | None) -> None:
    """The last day belongs to an earmark, and is not before what was spent."""
    if ends_on is None:
        return
    if not agreement.earmarked:
        raise ValueInvalid("Only an earmark has a last day to spend it; the pool has none.", field="ends_on")
    acts.check_not_before(ends_on, agreement.signed_on, "ends_on")
    spent = postings().filter(fund=agreement.sub_fund, account__name__startswith=policy.PROJECTS)
    last = spent.order_by().aggregate(last=Max("dated_on"))["last"]
    if last and ends_on < last:
        raise ValueInvalid(f"Something was spent on {last}: choose that day or later.", field="ends_on")


def _save(
    agreement: Agreement, lines: Sequence[AmendmentLine], amended_on: date, ends_on: date | None, note: str, by: User
) -> Amendment:
    """Saves the amendment with what was before it and what is to be."""
    position = agreement.amendments.count() + 1
    amendment = Amendment(agreement=agreement, position=position, number=f"{agreement.number}/A{position}")
    amendment.amended_on, amendment.note, amendment.created_by = amended_on, note, by
    before = to_amount(agreement.amount)
    added = sum(to_amount(line.amount).minor - to_amount(line.amount_before).minor for line in lines)
    if before.minor + added <= 0:
        raise InstalmentsDiffer("Nothing of the agreement would be left: cancel it instead.", field="instalments")
    amendment.amount_before, amendment.ends_before = agreement.amount, agreement.ends_on
    amendment.amount = to_money(Amount(before.minor + added, before.currency))
    amendment.ends_on = ends_on if ends_on != agreement.ends_on else None
    amendment.save(force_insert=True)
    for line in lines:
        line.amendment = amendment
        line.save(force_insert=True)
    return amendment


def _take_over(amendment: Amendment, lines: Sequence[AmendmentLine], by: User) -> None:
    """Brings the agreement and its instalments to what they are from now on."""
    agreement = amendment.agreement
    agreement.amount, agreement.ends_on = amendment.amount, amendment.ends_on or agreement.ends_on
    agreement.save(update_fields=["amount", "ends_on"])
    acts.record("change agreement", agreement, by=by, detail=f"{amendment}: {amendment.note}")
    for reference, line in _name_lines(agreement, lines).items():
        instalment = line.instalment or Instalment(agreement=agreement, reference=reference)
        if instalment.position is None:
            instalment.position = int(reference.rpartition("/")[2])
        instalment.amount, instalment.due_on = line.amount, line.due_on
        instalment.save()
        line.instalment = instalment
        line.save(update_fields=["instalment"])


def _name_lines(agreement: Agreement, lines: Sequence[AmendmentLine]) -> dict[str, AmendmentLine]:
    """The lines by the references of their instalments; new ones have the next numbers."""
    last, named = agreement.instalments.count(), dict[str, AmendmentLine]()
    for line in lines:
        last += line.instalment is None
        named[line.instalment.reference if line.instalment else f"{agreement.number}/{last}"] = line
    return named


def _find_changes(agreement: Agreement, lines: Sequence[AmendmentLine], on: date) -> list[Change]:
    """What the lines add and take off, each with what it is carried at."""
    standings = lowest_standings(list(agreement.instalments.all()), since=on)
    amounts = {reference: _change_of(line) for reference, line in _name_lines(agreement, lines).items()}
    taken = {
        reference: _carried_of(reference, -amount.minor, standings[reference])
        for reference, amount in amounts.items()
        if amount.minor < 0
    }
    added = {reference: amount.minor for reference, amount in amounts.items() if amount.minor > 0}
    worth = _worth_of(sum(added.values()), amounts, sum(taken.values()), on) if added else 0
    parts = split(worth, list(added.values())) if added else []
    functional = {reference: -carried for reference, carried in taken.items()}
    functional |= dict(zip(added, parts, strict=True))
    return [Change(reference, amount, functional.get(reference, 0)) for reference, amount in amounts.items()]


def _weigh(changes: Sequence[Change]) -> int:
    """What needs approval (functional): what is added or what is taken off, whichever is more."""
    parts = [change.functional for change in changes]
    return max(sum(part for part in parts if part > 0), -sum(part for part in parts if part < 0))


def _change_of(line: AmendmentLine) -> Amount:
    after, before = to_amount(line.amount), to_amount(line.amount_before)
    return Amount(after.minor - before.minor, after.currency)


def _carried_of(reference: str, minor: int, standing: Standing) -> int:
    """Rule 4: what is taken off leaves at its own carrying amount. No more than what is owed is taken off."""
    if minor > standing.outstanding:
        settled = Amount(standing.signed - standing.outstanding, standing.currency)
        raise InstalmentSettled(
            f"{settled} of {reference} is received or settled: it can be lowered to that and no further.",
            field="instalments",
        )
    return share(standing.carried, minor, standing.outstanding)


def _worth_of(added: int, amounts: Mapping[str, Amount], carried: int, on: date) -> int:
    """What is added takes over what is taken off, at its carrying amount; the rest has the rate of the day."""
    taken = sum(-amount.minor for amount in amounts.values() if amount.minor < 0)
    if taken > added:
        return share(carried, added, taken)
    currency = next(iter(amounts.values())).currency
    return carried + carry(Amount(added - taken, currency), on).functional


def _post(amendment: Amendment, changes: Sequence[Change], by: User) -> None:
    agreement = amendment.agreement
    deferred = lowest_deferred(agreement.sub_fund, since=amendment.amended_on).balance
    draft = to_draft(
        number=amendment.number,
        agreement=agreement.number,
        donor=Party(agreement.donor.code, agreement.donor.name),
        on=amendment.amended_on,
        fund=agreement.sub_fund,
        on_signature=agreement.is_receivable,
        changes=changes,
        currency=functional_currency(),
        conditional=agreement.is_conditional,
        deferred=max(deferred, 0),
    )
    if draft:
        acts.post(draft, by=by)
