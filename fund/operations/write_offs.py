"""Write-offs: what of an agreement will not be paid, prepared by one person and approved by another."""

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.models import User

from fund import policy_corrections
from fund.errors import StateUnfit, ValueInvalid, WriteOffTooLarge
from fund.models import Agreement, State, WriteOff, WriteOffLine
from fund.money import to_amount, to_money
from fund.operations import acts
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.policy import Carried, Party, Share
from fund.queries.contributions import Standing, lowest_standings
from fund.queries.sub_funds import lowest_deferred
from ledger.entries import Draft
from ledger.money import Amount, share
from ledger.operations import writing
from ledger.queries import functional_currency


def prepare_write_off(
    agreement: Agreement,
    *,
    dated_on: date,
    grounds: str,
    by: User,
    lines: Mapping[str, Amount] | None = None,
    note: str = "",
) -> WriteOff:
    """Records what of instalments will not be paid, by reference; without `lines`, all that is open of the agreement.

    Nothing is posted until another person approves. Raises WriteOffTooLarge beyond what is owed then or on any later
    day, StateUnfit, ValueInvalid, YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_writeoff")
    grounds = acts.clean_text(grounds, field="grounds", longest=300)
    with writing():
        found = Agreement.objects.select_related("donor").get(pk=agreement.pk)
        _check_day(found, dated_on)
        wanted = _find_open(found, dated_on) if lines is None else dict(lines)
        _find_shares(found, wanted, dated_on)
        total = Amount(sum(amount.minor for amount in wanted.values()), str(found.amount.currency))
        write_off = WriteOff(agreement=found, dated_on=dated_on, amount=to_money(total), grounds=grounds, created_by=by)
        write_off.note = acts.clean_text(note, field="note", longest=300, required=False)
        write_off.number = acts.take_number(WriteOff, dated_on)
        write_off.save(force_insert=True)
        instalments = {one.reference: one for one in found.instalments.all()}
        WriteOffLine.objects.bulk_create(
            WriteOffLine(write_off=write_off, instalment=instalments[reference], amount=to_money(amount))
            for reference, amount in wanted.items()
        )
        acts.record("prepare write-off", write_off, by=by, detail=f"{total} of {found}: {grounds}")
    return write_off


def approve_write_off(write_off: WriteOff, *, by: User) -> bool:
    """[22] Approves a write-off and posts it; False where it needs another approver before that.

    What is owed is checked again. Raises SamePerson, StateUnfit, WriteOffTooLarge.
    """
    with writing():
        found = get_prepared(write_off, by=by)
        agreement = Agreement.objects.select_related("donor").get(pk=found.agreement_id)
        _check_day(agreement, found.dated_on)
        lines = {line.instalment.reference: to_amount(line.amount) for line in _lines(found)}
        shares = _find_shares(agreement, lines, found.dated_on)
        detail = f"{to_amount(found.amount)} of {agreement}"
        if not add_approval(found, functional=sum(part.carried.functional for part in shares), by=by):
            acts.record("approve write-off as the first of two", found, by=by, detail=detail)
            return False
        acts.post(_to_draft(found, agreement, shares), by=by)
        decide(found, State.APPROVED, by=by)
        acts.record("approve write-off", found, by=by, detail=detail)
    return True


def _lines(write_off: WriteOff) -> list[WriteOffLine]:
    return list(write_off.lines.select_related("instalment").order_by("instalment__position"))


def _check_day(agreement: Agreement, on: date) -> None:
    acts.check_day(on, "dated_on")
    if agreement.cancelled_on:
        raise StateUnfit(f"{agreement} was cancelled on {agreement.cancelled_on}: nothing of it is owed.")
    acts.check_not_before(on, agreement.signed_on, "dated_on")


def _standings(agreement: Agreement, on: date) -> dict[str, Standing]:
    return lowest_standings(list(agreement.instalments.all()), since=on)


def _find_open(agreement: Agreement, on: date) -> dict[str, Amount]:
    """All that is owed of an agreement, by instalment."""
    return {
        reference: Amount(standing.outstanding, standing.currency)
        for reference, standing in _standings(agreement, on).items()
        if standing.outstanding > 0
    }


def _find_shares(agreement: Agreement, lines: Mapping[str, Amount], on: date) -> list[Share]:
    """What leaves of each instalment, at its carrying amount (rule 4). Raises WriteOffTooLarge, ValueInvalid."""
    standings = _standings(agreement, on)
    if not lines:
        raise ValueInvalid(f"Name what of {agreement} is written off: something that is owed.", field="lines")
    return [_find_share(agreement, reference, amount, standings) for reference, amount in lines.items()]


def _find_share(agreement: Agreement, reference: str, amount: Amount, standings: Mapping[str, Standing]) -> Share:
    standing = standings.get(reference)
    if standing is None:
        raise ValueInvalid(f"{reference} is no instalment of {agreement}.", field="lines")
    acts.check_positive(amount, "lines")
    if amount.currency != standing.currency:
        raise ValueInvalid(f"{agreement} is in {standing.currency}: the amounts are in it.", field="lines")
    if amount.minor > standing.outstanding:
        owed = Amount(max(standing.outstanding, 0), standing.currency)
        raise WriteOffTooLarge(f"{reference} is owed {owed}; {amount} is more.", field="lines")
    return Share(reference, Carried(amount, share(standing.carried, amount.minor, standing.outstanding)))


def _to_draft(write_off: WriteOff, agreement: Agreement, shares: list[Share]) -> Draft:
    deferred = lowest_deferred(agreement.sub_fund, since=write_off.dated_on).balance if agreement.is_conditional else 0
    return policy_corrections.write_off(
        number=write_off.number,
        agreement=agreement.number,
        donor=Party(agreement.donor.code, agreement.donor.name),
        on=write_off.dated_on,
        fund=agreement.sub_fund,
        on_signature=agreement.is_receivable,
        shares=shares,
        currency=functional_currency(),
        deferred=max(deferred, 0),
    )
