"""Corrections: a document that was posted in error is reversed by its opposite, and never edited."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User

from fund import policy
from fund.errors import StateUnfit
from fund.models import (
    Agreement,
    Allocation,
    BankAccount,
    Disbursement,
    DisbursementState,
    Document,
    Pledge,
    Receipt,
    Revaluation,
    SecretariatPayment,
)
from fund.money import to_amount
from fund.operations import acts, limits
from fund.operations.secretariat import check_due
from fund.policy import Carried, Party
from fund.policy_treasury import SECRETARIAT
from fund.queries.revaluations import money_items
from fund.queries.sub_funds import bank_cash, lowest_allocation_left
from ledger.entries import Draft, Leg
from ledger.money import Amount, share
from ledger.operations import reverse_entry, writing
from ledger.queries import (
    Scope,
    document_totals,
    entries_caused_by,
    functional_currency,
    get_draft,
    get_last_day,
    get_total,
)


def cancel_agreement(agreement: Agreement, *, on: date, reason: str, by: User) -> None:
    """Reverses an agreement of which nothing is received; what it took off a pledge is open again.

    Raises StateUnfit, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "change_agreement")
    with writing():
        found = Agreement.objects.get(pk=agreement.pk)
        _check_standing(found, found.cancelled_on, on)
        if found.receipts.filter(reversed_on=None).exists():
            raise StateUnfit(f"{found} has receipts: reverse them first.")
        acts.check_not_before(on, get_last_day(found.number), "on")
        _reverse(found.number, on=on, reason=reason, by=by)
        Pledge.objects.filter(agreements=found).update(withdrawn_on=None)
        found.cancelled_on = on
        found.save(update_fields=["cancelled_on"])
        acts.record("cancel agreement", found, by=by, detail=reason)


def reverse_receipt(receipt: Receipt, *, on: date, reason: str, by: User) -> None:
    """Reverses a receipt, such as one that the bank took back. Raises FundsFirst where its money is used already.

    Where some of a foreign currency was spent since, it leaves at its average carrying amount.
    """
    acts.require(by, "change_receipt")
    with writing():
        found = Receipt.objects.select_related("agreement", "bank_account").get(pk=receipt.pk)
        _check_standing(found, found.reversed_on, on)
        fund = found.agreement.sub_fund if found.agreement else policy.POOL
        limits.check_cash(found.bank_account, fund, to_amount(found.amount), on=on, field="on")
        limits.check_available(fund, _arrived(found) - _held(found), on=on, field="on")
        average = _find_average(found, fund)
        _reverse(found.number, on=on, reason=reason, by=by)
        if average is not None:
            _average_out(found, fund, average, on=on, by=by)
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record("reverse receipt", found, by=by, detail=reason)


def reverse_allocation(allocation: Allocation, *, on: date, reason: str, by: User) -> None:
    """Takes an allocation back. Raises StateUnfit where some of it is spent."""
    acts.require(by, "change_allocation")
    with writing():
        found = Allocation.objects.select_related("project").get(pk=allocation.pk)
        _check_standing(found, found.reversed_on, on)
        for line in found.lines.all():
            left = lowest_allocation_left(found.project.code, line.fund, since=on).balance
            if to_amount(line.amount).minor > left:
                amount = Amount(left, functional_currency())
                raise StateUnfit(f"Only {amount} of {line.fund} is left at {found.project.code}: the rest is spent.")
        _reverse(found.number, on=on, reason=reason, by=by)
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record("reverse allocation", found, by=by, detail=reason)


def reverse_disbursement(disbursement: Disbursement, *, on: date, reason: str, by: User) -> None:
    """[23] Reverses a payment that came back. Raises StateUnfit where it is not paid."""
    acts.require(by, "change_disbursement")
    with writing():
        found = Disbursement.objects.get(pk=disbursement.pk)
        if found.state != DisbursementState.PAID:
            raise StateUnfit(f"{found} is {found.get_state_display().lower()}: only what is paid is reversed.")
        _check_standing(found, found.reversed_on, on)
        _reverse(found.number, on=on, reason=reason, by=by)
        found.state, found.reversed_on = DisbursementState.REVERSED, on
        found.save(update_fields=["state", "reversed_on"])
        acts.record("reverse disbursement", found, by=by, detail=reason)


def reverse_run(document: Document, *, on: date, reason: str, by: User) -> None:
    """Reverses a run, interest, a charge, a transfer, a payment to the Secretariat or what came in kind.

    Raises FundsFirst where the money it brought is used already, AllocationExceeded, and StateUnfit where what it
    revalued has moved since, or where it is not posted.
    """
    acts.require(by, f"change_{document._meta.model_name}")
    with writing():
        found: Any = type(document)._default_manager.get(pk=document.pk)
        if isinstance(found, SecretariatPayment):
            _check_posted(found)
        _check_standing(found, found.reversed_on, on)
        if isinstance(found, Revaluation):
            _check_items_stand(found)
        legs = [leg for entry in entries_caused_by(found.number) for leg in get_draft(entry).legs]
        _check_taken_back(legs, on)
        averages = _find_averages(legs, found.dated_on)
        _reverse(found.number, on=on, reason=reason, by=by)
        for leg, average in averages:
            acts.post(_to_average(found, leg, average, on), by=by)
        found.reversed_on = on
        fields = ["reversed_on"]
        if isinstance(found, SecretariatPayment):
            found.state = DisbursementState.REVERSED
            fields.append("state")
        found.save(update_fields=fields)
        acts.record(f"reverse {found._meta.verbose_name}", found, by=by, detail=reason)


def _check_posted(payment: SecretariatPayment) -> None:
    if payment.state == DisbursementState.PREPARED:
        raise StateUnfit(f"{payment} is not paid: reject it instead.")
    if payment.state == DisbursementState.REJECTED:
        raise StateUnfit(f"{payment} is rejected: there is nothing to reverse.")


def _check_items_stand(run: Revaluation) -> None:
    """What moved since is not carried at the run's amount any more: its opposite would leave a value on nothing."""
    now = {(item.account, item.fund, item.instalment, item.amount): item.functional for item in money_items()}
    for line in run.lines.all():
        amount = to_amount(line.amount)
        if now.get((line.account, line.fund, line.instalment, amount)) != to_amount(line.after).minor:
            raise StateUnfit(
                f"{line.account} of {line.fund} has moved since {run}: run the revaluation of the next month instead, "
                "which carries it at that month's rate."
            )


def _check_taken_back(legs: Sequence[Leg], on: date) -> None:
    """What the opposite takes is still there: cash, the debt to the Secretariat, the allocation, what is available."""
    available: defaultdict[str, int] = defaultdict(int)
    for leg in legs:
        if leg.account.startswith((policy.BANK, "Liabilities:")) or policy.is_spending(leg.account):
            available[leg.fund] += leg.functional
    for leg in legs:
        amount = Amount(abs(leg.amount), leg.currency)
        if leg.account.startswith(policy.BANK) and leg.amount > 0 and len(_moved(legs, leg)) == 1:
            account = BankAccount.objects.get(code=leg.account.removeprefix(policy.BANK))
            limits.check_cash(account, leg.fund, amount, on=on, field="on")
        if leg.account == SECRETARIAT and leg.amount < 0:
            check_due(leg.fund, amount, on=on, field="on")
        if policy.is_spending(leg.account) and leg.amount < 0:
            limits.check_allocation(leg.project, leg.fund, amount.minor, on=on, field="on")
    for fund, amount_back in available.items():
        if amount_back > 0:
            limits.check_available(fund, amount_back, on=on, field="on")


def _moved(legs: Sequence[Leg], like: Leg) -> list[Leg]:
    """The legs of one sub-fund on one account: a revaluation has two, and takes no cash."""
    return [leg for leg in legs if (leg.account, leg.fund) == (like.account, like.fund)]


def _find_averages(legs: Sequence[Leg], since: date) -> list[tuple[Leg, int]]:
    """The cash that the opposite takes of other currencies, and its average where some was spent since (rule 4)."""
    found = []
    for leg in legs:
        brought = leg.account.startswith(policy.BANK) and leg.amount > 0 and leg.currency != functional_currency()
        scope = Scope(since=since, accounts=(leg.account,), funds=(leg.fund,))
        if not brought or len(_moved(legs, leg)) > 1 or not get_total(scope).credit:
            continue
        held = bank_cash(leg.account, leg.fund)
        average = share(held.functional, leg.amount, held.amount)
        if average != leg.functional:
            found.append((leg, average))
    return found


def _to_average(document: Document, leg: Leg, average: int, on: date) -> Draft:
    return policy.average_out(
        number=document.number,
        donor=Party("", ""),
        on=on,
        fund=leg.fund,
        bank=leg.account,
        reversed_at=Carried(Amount(leg.amount, leg.currency), leg.functional),
        average=average,
        currency=functional_currency(),
    )


def _check_standing(document: Document, ended_on: date | None, on: date) -> None:
    """What is reversed already is not reversed again, and nothing before its own day."""
    if ended_on:
        raise StateUnfit(f"{document} was reversed on {ended_on} already.")
    acts.check_day(on, "on")
    for entry in entries_caused_by(document.number).filter(reverses=None):
        acts.check_not_before(on, entry.dated_on, "on")


def _reverse(number: str, *, on: date, reason: str, by: User) -> None:
    reason = acts.clean_text(reason, field="reason", longest=200)
    for entry in entries_caused_by(number).filter(reverses=None):
        reverse_entry(entry.number, on=on, reason=reason, by=by.get_username())


def _find_average(receipt: Receipt, fund: str) -> int | None:
    """What the receipt's cash is carried at on average, in the functional currency.

    None where nothing left the account since, or in the functional currency: the exact opposite restores what was
    there before.
    """
    account = receipt.bank_account
    since = Scope(since=receipt.received_on, accounts=(account.account,), funds=(fund,))
    if account.currency == functional_currency() or not get_total(since).credit:
        return None
    held = bank_cash(account.account, fund)
    average = share(held.functional, to_amount(receipt.amount).minor, held.amount)
    return None if average == _arrived(receipt) else average


def _average_out(receipt: Receipt, fund: str, average: int, *, on: date, by: User) -> None:
    arrived = get_draft(entries_caused_by(receipt.number)[0]).legs[0]
    draft = policy.average_out(
        number=receipt.number,
        donor=Party(receipt.donor.code, receipt.donor.name),
        on=on,
        fund=fund,
        bank=receipt.bank_account.account,
        reversed_at=Carried(to_amount(receipt.amount), arrived.functional),
        average=average,
        currency=functional_currency(),
    )
    acts.post(draft, by=by)


def _posted(receipt: Receipt, accounts: tuple[str, ...]) -> int:
    return sum(functional for _, functional in document_totals([receipt.number], accounts=accounts).values())


def _arrived(receipt: Receipt) -> int:
    return _posted(receipt, (policy.BANK,))


def _held(receipt: Receipt) -> int:
    return -_posted(receipt, (policy.UNAPPLIED,))
