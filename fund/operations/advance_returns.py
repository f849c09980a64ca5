"""What partners return of advances: recorded when the bank has it, reversed when it was a mistake."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund.errors import StateUnfit, ValueInvalid
from fund.models import Advance, AdvanceLine, AdvanceReturn, AdvanceReturnLine, BankAccount
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.advance_reports import check_open, settle
from fund.operations.advances import get_paid, to_part, to_party
from fund.operations.receipts import check_reference, check_twin, normalise_reference
from fund.operations.reversals import take_back
from fund.policy import Carried, CashOut
from fund.policy_advances import Part, return_advance
from fund.queries.rates import carry
from ledger.causes import entries_caused_by
from ledger.entries import Draft
from ledger.money import Amount, split
from ledger.operations import writing
from ledger.queries import functional_currency, get_draft


@dataclass(frozen=True, slots=True)
class Back:
    """What the bank says came back: where, when, under which reference.

    `accept_twin` takes it beside other money of the same day, account and amount.
    """

    bank_account: BankAccount
    received_on: date
    reference: str
    note: str = ""
    accept_twin: bool = False


def record_return(advance: Advance, *, back: Back, lines: Mapping[str, Amount], by: User) -> AdvanceReturn:
    """[18] Records what a partner did not spend and sent back: `lines` by the references of the advance's lines.

    Raises AdvanceExceeded beyond what is open, ReceiptTwice for money that is recorded already, RateMissing,
    StateUnfit, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_advancereturn")
    with writing():
        found = get_paid(advance)
        acts.check_day(back.received_on, "received_on")
        acts.check_not_before(back.received_on, found.paid_on, "received_on")
        check_reference(back.bank_account, back.reference)
        rows = _find_lines(found, lines, back.bank_account)
        check_open({line: amount.minor for line, amount in rows.items()}, on=back.received_on)
        total = Amount(sum(amount.minor for amount in rows.values()), back.bank_account.currency)
        if not back.accept_twin:
            check_twin(back.bank_account, back.received_on, total)
        position = found.returns.count() + 1
        returned = AdvanceReturn(advance=found, position=position, number=f"{found.number}/U{position}", created_by=by)
        returned.bank_account, returned.received_on = back.bank_account, back.received_on
        returned.reference, returned.amount = normalise_reference(back.reference), to_money(total)
        returned.note = acts.clean_text(back.note, field="note", longest=300, required=False)
        returned.save(force_insert=True)
        AdvanceReturnLine.objects.bulk_create(
            AdvanceReturnLine(of=returned, line=line, amount=to_money(amount)) for line, amount in rows.items()
        )
        acts.post(_to_draft(returned, rows), by=by)
        acts.record("record advance return", returned, by=by, detail=str(total))
    return returned


def reverse_return(returned: AdvanceReturn, *, on: date, reason: str, by: User) -> None:
    """Reverses a return that was a mistake: it is open again on the advance.

    Raises FundsFirst and AllocationExceeded where its money is used already, StateUnfit, ProjectClosed, YearNotOpen.
    """
    acts.require(by, "change_advancereturn")
    with writing():
        found = AdvanceReturn.objects.select_related("bank_account").get(pk=returned.pk)
        if found.reversed_on:
            raise StateUnfit(f"{found} was reversed on {found.reversed_on} already.")
        acts.check_day(on, "on")
        acts.check_not_before(on, found.received_on, "on")
        entry = entries_caused_by(found.number)[0]
        _check_left(found, [leg.functional for leg in get_draft(entry).legs if leg.instalment], on)
        take_back(found.number, found.bank_account, entry.number, on=on, reason=reason, by=by)
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record("reverse advance return", found, by=by, detail=reason)


def _find_lines(advance: Advance, lines: Mapping[str, Amount], account: BankAccount) -> dict[AdvanceLine, Amount]:
    currency = str(advance.amount.currency)
    if account.currency != currency:
        raise ValueInvalid(f"{advance} was paid in {currency}: choose an account in {currency}.", field="bank_account")
    if not lines:
        raise ValueInvalid("Say how much of at least one line came back.", field="lines")
    rows = {line.reference: line for line in advance.lines.select_related("project")}
    for reference, amount in lines.items():
        acts.check_positive(amount, "lines")
        if reference not in rows or amount.currency != currency:
            raise ValueInvalid(f"{reference} is no line of {advance} in {amount.currency}.", field="lines")
    return {rows[reference]: amount for reference, amount in lines.items()}


def _to_draft(returned: AdvanceReturn, rows: Mapping[AdvanceLine, Amount]) -> Draft:
    sums: defaultdict[str, int] = defaultdict(int)
    for line, amount in rows.items():
        sums[line.fund] += amount.minor
    advance = returned.advance
    return return_advance(
        number=returned.number,
        advance=advance.number,
        partner=to_party(advance.partner),
        on=returned.received_on,
        bank=returned.bank_account.account,
        arrived=_carry(returned, sums),
        parts=_settle(rows),
        currency=functional_currency(),
    )


def _carry(returned: AdvanceReturn, sums: Mapping[str, int]) -> Sequence[CashOut]:
    """What arrived of each sub-fund: its part, by largest fraction, of the value at the rate of the day (rule 3)."""
    total = to_amount(returned.amount)
    values = split(carry(total, returned.received_on).functional, list(sums.values()))
    return [
        CashOut(fund, Carried(Amount(minor, total.currency), value))
        for (fund, minor), value in zip(sums.items(), values, strict=True)
    ]


def _settle(rows: Mapping[AdvanceLine, Amount]) -> list[Part]:
    return [to_part(line, settle(line, amount.minor)) for line, amount in rows.items()]


def _check_left(returned: AdvanceReturn, carried: Sequence[int], on: date) -> None:
    """What is with the partner again is not left of the project's allocation."""
    for line, functional in zip(returned.lines.select_related("line__project"), carried, strict=True):
        limits.check_accounts_open(line.line.project, field="on")
        limits.check_allocation(line.line.project.code, line.line.fund, -functional, on=on, field="on")
