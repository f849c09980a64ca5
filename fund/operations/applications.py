"""Applications: unapplied money that finds its use on the donor's word."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund import policy, policy_deposits
from fund.errors import ReceiptTooLarge, StateUnfit, UnappliedExceeded, ValueInvalid
from fund.models import Application, BankAccount, Instalment
from fund.money import to_money
from fund.operations import acts, limits
from fund.operations.deposits import Part, find_settled
from fund.operations.receipts import to_share
from fund.operations.reversals import take_back
from fund.policy import Carried, Party
from fund.policy_deposits import Unapplied
from fund.policy_receipts import Arrival
from fund.queries.contributions import instalment_standings
from fund.queries.sub_funds import bank_cash
from fund.queries.unapplied import unapplied_left
from ledger.causes import entries_caused_by
from ledger.money import Amount, share
from ledger.operations import writing
from ledger.queries import functional_currency


@dataclass(frozen=True, slots=True)
class Word:
    """What the donor said: the reference of the letter, and its day."""

    reference: str
    on: date


def apply_unapplied(
    *,
    source: Instalment,
    amount: Amount,
    on: date,
    word: Word,
    by: User,
    instalment: Instalment | None = None,
    settles: Amount | None = None,
    bank_account: BankAccount | None = None,
    note: str = "",
) -> Application:
    """Applies what came beyond `source` to another `instalment` of the same donor, or without one as a gift.

    Where the sub-fund is another one, the cash goes with it out of `bank_account`. Raises UnappliedExceeded,
    ReceiptTooLarge, FundsFirst, RateMissing, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_application")
    acts.check_positive(amount)
    with writing():
        acts.check_day(on, "on")
        check_word(word, on)
        part = Part(source.agreement.donor, amount, instalment, settles)
        _check_target(part, source, on)
        left = check_unapplied(source, amount, on)
        application = Application(donor=part.donor, source=source, instalment=instalment, applied_on=on, created_by=by)
        carried = Carried(amount, share(left.functional, amount.minor, left.amount.minor))
        cash = _find_cash(part, source, carried, bank_account, on)
        application.bank_account = bank_account if part.fund != source.agreement.sub_fund else None
        arrival = _settle(part, cash, application.bank_account, on)
        application.amount = to_money(amount)
        settled = arrival.settled[0].carried.amount if arrival.settled else Amount(0, amount.currency)
        application.settled = to_money(settled)
        application.word, application.word_on = acts.clean_text(word.reference, field="word", longest=60), word.on
        application.note = acts.clean_text(note, field="note", longest=300, required=False)
        application.number = acts.take_number(Application, on)
        application.save(force_insert=True)
        _post(application, arrival, Unapplied(source.agreement.sub_fund, source.reference, carried), by)
        acts.record("apply unapplied", application, by=by, detail=f"{source} {amount} to {part.name}")
    return application


def reverse_application(application: Application, *, on: date, reason: str, by: User) -> None:
    """Reverses an application: the money waits for the donor's word again. Raises FundsFirst, StateUnfit."""
    acts.require(by, "change_application")
    with writing():
        found = Application.objects.select_related("bank_account").get(pk=application.pk)
        if found.reversed_on:
            raise StateUnfit(f"{found} was reversed on {found.reversed_on} already.")
        acts.check_day(on, "on")
        acts.check_not_before(on, found.applied_on, "on")
        entry = entries_caused_by(found.number)[0]
        take_back(found.number, found.bank_account, entry.number, on=on, reason=reason, by=by)
        found.reversed_on = on
        found.save(update_fields=["reversed_on"])
        acts.record("reverse application", found, by=by, detail=reason)


def check_word(word: Word, on: date) -> None:
    if word.on > on:
        raise ValueInvalid(f"The donor's word is of {on} or earlier: money waits until it is there.", field="word_on")


def _check_target(part: Part, source: Instalment, on: date) -> None:
    """Another instalment of the same donor, of an agreement that stands."""
    if part.instalment is None:
        return
    agreement = part.instalment.agreement
    agreement.refresh_from_db(fields=["state", "cancelled_on"])
    limits.check_approved(agreement, field="instalment")
    if part.instalment == source:
        raise ValueInvalid(f"It came beyond {source} itself: choose another instalment, or a gift.", field="instalment")
    if agreement.donor_id != part.donor.pk:
        raise ValueInvalid(f"{agreement} is of {agreement.donor}: choose one of {part.donor}.", field="instalment")
    if agreement.cancelled_on:
        raise ValueInvalid(
            f"{agreement} was cancelled on {agreement.cancelled_on}: choose another.", field="instalment"
        )
    acts.check_not_before(on, agreement.signed_on, "on")


def check_unapplied(source: Instalment, amount: Amount, on: date) -> Carried:
    """What waits of the balance, at least the amount on the day and now."""
    donor = source.agreement.donor.code
    left = unapplied_left(donor, source.reference, amount.currency, on=on)
    if amount.minor > left.amount.minor:
        raise UnappliedExceeded(
            f"{left.amount} of what came beyond {source} is unapplied; {amount} is more.", field="amount"
        )
    return left


def _find_cash(part: Part, source: Instalment, carried: Carried, account: BankAccount | None, on: date) -> Carried:
    """What the money is carried at where it arrives: its average at the bank, or what the liability was."""
    fund, amount = source.agreement.sub_fund, carried.amount
    if part.fund == fund:
        return carried
    if account is None or account.currency != amount.currency:
        raise ValueInvalid(
            f"The cash goes from {fund} to {part.fund}: choose the {amount.currency} account that it is in.",
            field="bank_account",
        )
    limits.check_cash(account, fund, amount, on=on, field="bank_account")
    held = bank_cash(account.account, fund)
    return Carried(amount, share(held.functional, amount.minor, held.amount))


def _settle(part: Part, cash: Carried, account: BankAccount | None, on: date) -> Arrival:
    bank = account.account if account else policy.UNAPPLIED + part.donor.code
    arrival = Arrival("", Party(part.donor.code, part.donor.name), on, part.fund, bank, cash, 0, ())
    if part.instalment is None:
        return arrival
    standing = instalment_standings([part.instalment])[part.instalment.reference]
    owed = Amount(standing.outstanding, standing.currency)
    settled = find_settled(part, owed, on=on)
    if owed.currency != part.amount.currency:
        limits.check_worth(settled, part.amount, on=on, field="amount")
    elif settled != part.amount:
        raise ReceiptTooLarge(f"{part.instalment} is owed {owed}: {part.amount} is more.", field="amount")
    number = part.instalment.agreement.number
    shares = [to_share(part.instalment, standing, settled)]
    return Arrival("", arrival.donor, on, part.fund, bank, cash, 0, shares, agreement=number)


def _post(application: Application, arrival: Arrival, source: Unapplied, by: User) -> None:
    instalment = application.instalment
    on_signature = not instalment or instalment.agreement.is_receivable
    draft = policy_deposits.apply_unapplied(
        application.number,
        source,
        policy_deposits.Part(arrival, on_signature),
        on=application.applied_on,
        word=application.word,
        currency=functional_currency(),
    )
    acts.post(draft, by=by)
