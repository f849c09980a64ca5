"""Refunds: money that goes back to a donor on the donor's word. Agreed by two people, then paid."""

from datetime import date

from django.contrib.auth.models import User

from fund import policy_corrections
from fund.errors import RefundTooLarge, SamePerson, StateUnfit, ValueInvalid
from fund.models import Agreement, BankAccount, Instalment, Refund, State
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.applications import Word, check_unapplied, check_word
from fund.operations.approvals import add_approval, decide, find_deciders, get_prepared
from fund.operations.cash import take_out
from fund.operations.reversals import check_none_waits
from fund.policy import Carried, Party
from fund.queries.rates import carry
from fund.queries.refunds import owed_of
from fund.queries.sub_funds import lowest_available, lowest_deferred
from ledger.entries import Draft
from ledger.money import Amount, share
from ledger.operations import writing
from ledger.queries import functional_currency


def prepare_refund(
    agreement: Agreement,
    *,
    amount: Amount,
    dated_on: date,
    word: Word,
    grounds: str,
    by: User,
    source: Instalment | None = None,
    note: str = "",
) -> Refund:
    """Records what a donor gets back of what the agreement's sub-fund has left, or of what came beyond `source`.

    Nothing is posted until another person approves. Raises RefundTooLarge beyond what is neither spent nor allocated,
    UnappliedExceeded, RateMissing, ValueInvalid, YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_refund")
    acts.check_positive(amount)
    grounds = acts.clean_text(grounds, field="grounds", longest=300)
    with writing():
        refund = Refund(agreement=agreement, source=source, dated_on=dated_on, grounds=grounds, created_by=by)
        refund.word, refund.word_on = acts.clean_text(word.reference, field="word", longest=60), word.on
        refund.amount = to_money(amount)
        _find_refunded(refund)
        refund.note = acts.clean_text(note, field="note", longest=300, required=False)
        refund.number = acts.take_number(Refund, dated_on)
        refund.save(force_insert=True)
        acts.record("prepare refund", refund, by=by, detail=f"{agreement.donor} {amount}: {grounds}")
    return refund


def approve_refund(refund: Refund, *, by: User) -> bool:
    """[25] Approves a refund: it is owed to the donor from its day on. False where it needs another approver.

    The limits are checked again. Raises SamePerson, StateUnfit, RefundTooLarge, UnappliedExceeded.
    """
    with writing():
        found = get_prepared(refund, by=by)
        refunded = _find_refunded(found)
        detail = f"{found.agreement.donor} {refunded.amount}"
        if not add_approval(found, functional=refunded.functional, by=by):
            acts.record("approve refund as the first of two", found, by=by, detail=detail)
            return False
        acts.post(_to_draft(found, refunded), by=by)
        decide(found, State.APPROVED, by=by)
        acts.record("approve refund", found, by=by, detail=detail)
    return True


def pay_refund(
    refund: Refund, *, bank_account: BankAccount, paid_on: date, by: User, amount: Amount | None = None
) -> None:
    """Pays all of an approved refund. `amount` is what left the bank, where the account is in another currency.

    Raises SamePerson for all who approved it or gave the right, FundsFirst, StateUnfit, RateMissing, ValueInvalid,
    YearNotOpen.
    """
    acts.require(by, "change_refund")
    with writing():
        found = Refund.objects.select_related("agreement__donor").get(pk=refund.pk)
        _check_payable(found, paid_on, by)
        paid = _find_paid(to_amount(found.amount), amount, bank_account, paid_on)
        limits.check_cash(bank_account, found.agreement.sub_fund, paid, on=paid_on, field="bank_account")
        owed, cash = owed_of(found), take_out(bank_account, found.agreement.sub_fund, paid.minor)
        _check_agreed(found, owed, cash)
        acts.post(_to_payment(found, bank_account, owed, cash, paid_on), by=by)
        found.bank_account, found.paid, found.paid_on = bank_account, to_money(paid), paid_on
        found.save(update_fields=["bank_account", "paid", "paid_currency", "paid_on"])
        acts.record("pay refund", found, by=by, detail=f"{paid} out of {bank_account.code}")


def _find_refunded(refund: Refund) -> Carried:
    """What goes back, with what it is carried at, where every limit allows it."""
    agreement = Agreement.objects.select_related("donor").get(pk=refund.agreement_id)
    acts.check_day(refund.dated_on, "dated_on")
    acts.check_not_before(refund.dated_on, agreement.signed_on, "dated_on")
    check_word(Word(refund.word, refund.word_on), refund.dated_on)
    limits.check_payee(agreement.donor, field="agreement")
    amount = to_amount(refund.amount)
    return _check_source(refund, amount) if refund.source else _check_unspent(agreement, amount, refund.dated_on)


def _check_source(refund: Refund, amount: Amount) -> Carried:
    """What is unapplied beyond the source leaves at its own carrying amount."""
    source = refund.source
    assert source
    if source.agreement_id != refund.agreement_id:
        raise ValueInvalid(f"{source} is no instalment of {refund.agreement}.", field="source")
    left = check_unapplied(source, amount, refund.dated_on)
    return Carried(amount, share(left.functional, amount.minor, left.amount.minor))


def _check_unspent(agreement: Agreement, amount: Amount, on: date) -> Carried:
    """What is neither spent nor allocated, on the day and on every later one, of the donor's own sub-fund."""
    if not agreement.earmarked:
        raise RefundTooLarge(
            f"The money of {agreement} is in the pool, which is everybody's: only what is unapplied goes back. "
            "Money of a sub-fund of its own can be refunded.",
            field="agreement",
        )
    refunded = carry(amount, on)
    if not refunded.functional:
        raise ValueInvalid(f"{amount} is worth nothing in {functional_currency()} on {on}.", field="amount")
    low = lowest_available(agreement.sub_fund, since=on)
    if refunded.functional > low.balance:
        left = Amount(max(low.balance, 0), functional_currency())
        raise RefundTooLarge(
            f"{agreement.sub_fund} has {left} on {low.on} that is neither spent, allocated nor held; {amount} is more. "
            "What a project has left goes back first.",
            field="amount",
        )
    return refunded


def _check_payable(refund: Refund, on: date, by: User) -> None:
    if refund.state != State.APPROVED:
        raise StateUnfit(f"{refund} is {refund.get_state_display().lower()}: only what is approved is paid.")
    if refund.paid_on:
        raise StateUnfit(f"{refund} was paid on {refund.paid_on} already.")
    check_none_waits(refund, "the refund can be paid")
    if by.pk in find_deciders(refund):
        raise SamePerson(f"You approved {refund}, or gave who did the right: another person pays it.")
    limits.check_payee(refund.agreement.donor, field="agreement")
    limits.check_name(refund.agreement.donor, field="agreement")
    acts.check_day(on, "paid_on")
    acts.check_not_before(on, refund.dated_on, "paid_on")


def _find_paid(owed: Amount, amount: Amount | None, account: BankAccount, on: date) -> Amount:
    """What leaves the bank: what is owed, or in another currency about as much at the rates of the day."""
    paid = amount or owed
    acts.check_positive(paid)
    if paid.currency != account.currency:
        raise ValueInvalid(
            f"{account.code} holds {account.currency}: say how much of it left, or choose an account in "
            f"{owed.currency}.",
            field="amount",
        )
    if paid.currency != owed.currency:
        limits.check_worth(owed, paid, on=on, field="amount")
    elif paid != owed:
        raise ValueInvalid(f"{owed} is owed, and paid as a whole: leave the amount empty.", field="amount")
    return paid


def _check_agreed(refund: Refund, owed: Carried, cash: Carried) -> None:
    """In another currency about as much leaves as was agreed: the rate of the day is one person's, and two agreed."""
    most = limits.add_difference(owed.functional)
    if cash.amount.currency != owed.amount.currency and cash.functional > most:
        left, agreed = (Amount(one.functional, functional_currency()) for one in (cash, owed))
        raise ValueInvalid(
            f"{cash.amount} is carried at {left}, more than a tenth above the {agreed} of {refund}. Lower it, pay "
            f"out of an account in {owed.amount.currency}, or reverse {refund} and agree on it anew.",
            field="amount",
        )


def _party(refund: Refund) -> Party:
    return Party(refund.agreement.donor.code, refund.agreement.donor.name)


def _to_draft(refund: Refund, refunded: Carried) -> Draft:
    agreement = refund.agreement
    deferred = lowest_deferred(agreement.sub_fund, since=refund.dated_on).balance if agreement.is_conditional else 0
    return policy_corrections.agree_refund(
        number=refund.number,
        agreement=agreement.number,
        donor=_party(refund),
        on=refund.dated_on,
        fund=agreement.sub_fund,
        refunded=refunded,
        currency=functional_currency(),
        unapplied=refund.source.reference if refund.source else "",
        deferred=max(deferred, 0),
    )


def _to_payment(refund: Refund, account: BankAccount, owed: Carried, cash: Carried, on: date) -> Draft:
    return policy_corrections.pay_refund(
        number=refund.number,
        agreement=refund.agreement.number,
        donor=_party(refund),
        on=on,
        fund=refund.agreement.sub_fund,
        bank=account.account,
        owed=owed,
        cash=cash,
        currency=functional_currency(),
    )
