"""Corrections: a document that was posted in error is reversed by its opposite, and never edited.

Here is what one person recorded, and what all reversals share; `decided_reversals` has what two persons decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.models import User

from fund import policy
from fund.errors import StateUnfit
from fund.models import (
    BankAccount,
    Decided,
    Document,
    Identity,
    Project,
    Receipt,
    Revaluation,
    State,
)
from fund.money import to_amount
from fund.operations import acts, limits
from fund.policy import Carried, Party
from fund.policy_corrections import clear_item
from fund.policy_receipts import average_out
from fund.queries.approvals import find_waiting_reversal
from fund.queries.revaluations import find_rest, money_items
from fund.queries.sub_funds import bank_cash
from fund.queries.unapplied import unapplied_left
from ledger.causes import entries_caused_by
from ledger.entries import Draft, Leg
from ledger.money import Amount, share
from ledger.operations import reverse_entry, writing
from ledger.queries import Scope, functional_currency, get_draft, get_entry, get_total


def reverse_receipt(receipt: Receipt, *, on: date, reason: str, by: User) -> None:
    """Reverses a receipt, such as one that the bank took back. Raises FundsFirst where its money is used already.

    Where some of a foreign currency was spent since, it leaves at its average carrying amount. Raises StateUnfit for a
    deposit that was identified or returned: that is taken back first.
    """
    acts.require(by, "change_receipt")
    with writing():
        found = Receipt.objects.select_related("bank_account").get(pk=receipt.pk)
        if found.identity in (Identity.IDENTIFIED, Identity.RETURNED):
            raise StateUnfit(f"{found} is {found.get_identity_display().lower()}: take that back first.")
        limits.check_no_return_waits(found)
        check_standing(found, found.reversed_on, on)
        take_back(
            found.number, found.bank_account, entries_caused_by(found.number)[0].number, on=on, reason=reason, by=by
        )
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record("reverse receipt", found, by=by, detail=reason)


def reverse_run(document: Document, *, on: date, reason: str, by: User) -> None:
    """Reverses a run, interest, a charge, a transfer or a gift in kind: what one person recorded.

    Raises FundsFirst where the money it brought is used already, AllocationExceeded, and StateUnfit where what it
    revalued has moved since.
    """
    assert not isinstance(document, Decided)
    acts.require(by, f"change_{document._meta.model_name}")
    with writing():
        found: Any = type(document)._default_manager.get(pk=document.pk)
        check_standing(found, found.reversed_on, on)
        if isinstance(found, Revaluation):
            _check_items_stand(found)
        check_taken_back(found.number, on)
        reverse_at_average(found, on=on, reason=reason, by=by)
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record(f"reverse {found._meta.verbose_name}", found, by=by, detail=reason)


def reverse_at_average(document: Any, *, on: date, reason: str, by: User, links: Sequence[str] = ()) -> None:
    """Posts the opposite of what a document caused; foreign cash that was partly spent leaves at its average."""
    averages = _find_averages(_legs_of(document.number), document.dated_on)
    reverse_entries(document.number, on=on, reason=reason, by=by, links=links)
    for leg, average in averages:
        acts.post(_link(_to_average(document, leg, average, on), links), by=by)


def check_posted(document: Decided) -> None:
    """Raises StateUnfit for what was not posted yet, or never will be."""
    if document.state == State.PREPARED:
        raise StateUnfit(f"{document} is not posted: reject it instead.")
    if document.state == State.REJECTED:
        raise StateUnfit(f"{document} is rejected: there is nothing to reverse.")


def check_none_waits(document: Decided, then: str) -> None:
    """Raises StateUnfit where a reversal of it waits, with what can be done after that."""
    waiting = find_waiting_reversal(document)
    if waiting:
        raise StateUnfit(f"{waiting} awaits approval: once it is rejected, {then}.")


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


def check_taken_back(number: str, on: date) -> None:
    """What the opposite takes is still there: cash, debts, the allocation, what is available."""
    legs = _legs_of(number)
    available: defaultdict[str, int] = defaultdict(int)
    owed: defaultdict[tuple[str, str], int] = defaultdict(int)
    for leg in legs:
        if leg.account.startswith(policy.BANK) or policy.is_held(leg.account) or policy.is_spending(leg.account):
            available[leg.fund] += leg.functional
        if policy.is_held(leg.account):
            owed[leg.account, leg.fund] -= leg.functional
    # What came in kind is a project's too, though no spending.
    for project in Project.objects.filter(code__in={leg.project for leg in legs if leg.project}):
        limits.check_accounts_open(project, field="on")
    _check_spending(_sum_spent(legs), on)
    for leg in legs:
        if leg.account.startswith(policy.BANK) and leg.amount > 0 and len(_moved(legs, leg)) == 1:
            bank = BankAccount.objects.get(code=leg.account.removeprefix(policy.BANK))
            limits.check_cash(bank, leg.fund, Amount(leg.amount, leg.currency), on=on, field="on")
    for (account, fund), taken in owed.items():
        limits.check_owed(account, fund, taken, on=on, field="on")
    for fund, amount_back in available.items():
        if amount_back > 0:
            limits.check_available(fund, amount_back, on=on, field="on")


def check_spent(number: str, on: date) -> None:
    """Raises AllocationExceeded where what a document charged to a project is no longer all there to come back."""
    _check_spending(_sum_spent(_legs_of(number)), on)


def _legs_of(number: str) -> list[Leg]:
    """What a document itself posted."""
    return [leg for entry in entries_caused_by(number).filter(reverses=None) for leg in get_draft(entry).legs]


def _link(draft: Draft, links: Sequence[str]) -> Draft:
    return replace(draft, links=(*draft.links, *links))


def _sum_spent(legs: Sequence[Leg]) -> dict[tuple[str, str], int]:
    """What entries charged to each project and sub-fund, all categories together (functional)."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for leg in legs:
        if policy.is_spending(leg.account):
            sums[leg.project, leg.fund] += leg.functional
    return dict(sums)


def _check_spending(spent: Mapping[tuple[str, str], int], on: date) -> None:
    """The opposite neither spends beyond an allocation nor takes back more than is spent."""
    for (project, fund), amount in spent.items():
        if amount < 0:
            limits.check_allocation(project, fund, -amount, on=on, field="on")
        else:
            limits.check_spent(project, fund, amount, on=on, field="on")


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
    return average_out(
        number=document.number,
        donor=Party("", ""),
        on=on,
        fund=leg.fund,
        bank=leg.account,
        reversed_at=Carried(Amount(leg.amount, leg.currency), leg.functional),
        average=average,
        currency=functional_currency(),
    )


def check_standing(document: Document, ended_on: date | None, on: date) -> None:
    """Raises StateUnfit for what is reversed already, and ValueInvalid before its own day."""
    if ended_on:
        raise StateUnfit(f"{document} was reversed on {ended_on} already.")
    acts.check_day(on, "on")
    for entry in entries_caused_by(document.number).filter(reverses=None):
        acts.check_not_before(on, entry.dated_on, "on")


def reverse_entries(number: str, *, on: date, reason: str, by: User, links: Sequence[str] = ()) -> None:
    """Posts the opposite of each entry that a document caused, the last one first; `links` name what else it is of."""
    reason = acts.clean_text(reason, field="reason", longest=200)
    for entry in entries_caused_by(number).filter(reverses=None).order_by("-id"):
        reverse_entry(entry.number, on=on, reason=reason, by=by.get_username(), links=links)


def take_back(
    number: str,
    account: BankAccount | None,
    entry: str,
    *,
    on: date,
    reason: str,
    by: User,
    links: Sequence[str] = (),
) -> None:
    """Reverses the entry of a document that brought money into sub-funds, where it did in a bank account.

    Where some of a foreign currency was spent since, it leaves at its average carrying amount. Raises FundsFirst where
    the money is used already, StateUnfit where what was unapplied of it found its use since.
    """
    draft = get_draft(get_entry(entry))
    _check_unapplied(draft)
    averages = _check_brought(draft, account, on)
    reason = acts.clean_text(reason, field="reason", longest=200)
    reverse_entry(entry, on=on, reason=reason, by=by.get_username(), links=links)
    for fund, arrived, average in averages:
        assert account
        averaged = average_out(
            number=number,
            donor=Party("", draft.payee),
            on=on,
            fund=fund,
            bank=account.account,
            reversed_at=arrived,
            average=average,
            currency=functional_currency(),
        )
        acts.post(_link(averaged, links), by=by)
    clear_rests(number, draft.payee, draft.legs, on=on, by=by, links=links)


def clear_rests(number: str, payee: str, legs: Iterable[Leg], *, on: date, by: User, links: Sequence[str] = ()) -> None:
    """Realises what revaluations made of the items of `legs` that a reversal closed: it would stay on nothing."""
    functional = functional_currency()
    money = [leg for leg in legs if leg.account.startswith(("Assets:", "Liabilities:"))]
    # Of each item the largest leg, beside which the rest is small: both sides of what is cleared keep their sign.
    money.sort(key=lambda leg: abs(leg.functional))
    for leg in {(leg.account, leg.fund, leg.currency, leg.instalment): leg for leg in money}.values():
        rest = find_rest(leg) if leg.currency != functional else 0
        if rest:
            draft = clear_item(number=number, payee=payee, on=on, leg=leg, rest=rest, currency=functional)
            acts.post(_link(draft, links), by=by)


def _check_brought(draft: Draft, account: BankAccount | None, on: date) -> list[tuple[str, Carried, int]]:
    """What an entry brought to each sub-fund is there to go; where some was spent since, also with its average."""
    averages = []
    for fund in sorted({leg.fund for leg in draft.legs}):
        arrived = _find_arrived(draft, account, fund) if account else None
        if account and arrived:
            limits.check_cash(account, fund, arrived.amount, on=on, field="on")
            average = _find_average(account, fund, arrived, since=draft.on)
            averages += [(fund, arrived, average)] if average is not None else []
        free = _sum_available(draft, fund)
        if free > 0 and fund != policy.GENERAL:
            limits.check_available(fund, free, on=on, field="on")
    return averages


def _check_unapplied(draft: Draft) -> None:
    """What an entry left unapplied still waits, all of it."""
    legs = [leg for leg in draft.legs if leg.account.startswith(policy.UNAPPLIED)]
    for leg in legs:
        left = unapplied_left(leg.account.removeprefix(policy.UNAPPLIED), leg.instalment, leg.currency)
        if left.amount.minor < -leg.amount:
            raise StateUnfit(
                f"Only {left.amount} of what it left unapplied still waits ({leg.instalment}): reverse first what used "
                "the rest."
            )


def _find_arrived(draft: Draft, account: BankAccount, fund: str) -> Carried | None:
    """What an entry brought into a bank account for a sub-fund; None where it brought nothing."""
    legs = [leg for leg in draft.legs if leg.fund == fund and leg.account == account.account]
    amount = Amount(sum(leg.amount for leg in legs), account.currency)
    return Carried(amount, sum(leg.functional for leg in legs)) if amount.minor > 0 else None


def _sum_available(draft: Draft, fund: str) -> int:
    """What an entry added to what can be allocated: cash, less what waits or was a partner's already (functional)."""
    accounts = (policy.BANK, policy.UNAPPLIED, policy.ADVANCES)
    return sum(leg.functional for leg in draft.legs if leg.fund == fund and leg.account.startswith(accounts))


def _find_average(account: BankAccount, fund: str, arrived: Carried, *, since: date) -> int | None:
    """What the receipt's cash is carried at on average, in the functional currency.

    None where nothing left the account since, or in the functional currency: the exact opposite restores what was
    there before.
    """
    scope = Scope(since=since, accounts=(account.account,), funds=(fund,))
    if account.currency == functional_currency() or not get_total(scope).credit:
        return None
    held = bank_cash(account.account, fund)
    average = share(held.functional, arrived.amount.minor, held.amount)
    return None if average == arrived.functional else average
