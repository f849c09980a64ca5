"""Deposits: not identified, identified later, and deposits in several parts. `deposit_returns` has their returns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.auth.models import User

from fund import policy, policy_deposits
from fund.errors import PartsDiffer, ReceiptTooLarge, StateUnfit, ValueInvalid
from fund.models import Donor, Identity, Instalment, Placement, Receipt, ReceiptPart, State
from fund.money import to_amount, to_money
from fund.operations import acts, limits
from fund.operations.receipts import Facts, check_facts, make_receipt, to_share
from fund.operations.reversals import take_back
from fund.policy import Carried, Party
from fund.policy_deposits import Deposit
from fund.policy_receipts import Arrival
from fund.queries.contributions import instalment_standings
from fund.queries.rates import carry, exchange
from fund.queries.sub_funds import bank_cash
from ledger.causes import entries_caused_by
from ledger.document_sums import open_instalments
from ledger.money import Amount, share, split
from ledger.operations import writing
from ledger.queries import Scope, functional_currency, totals


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a deposit: of an instalment, or without one a gift of the donor.

    `amount` is in the bank account's currency. `settles` is what it settles, in the agreement's, where that is another
    one; without it, what the amount is worth on the day that the money came.
    """

    donor: Donor
    amount: Amount
    instalment: Instalment | None = None
    settles: Amount | None = None

    @property
    def fund(self) -> str:
        """The sub-fund that it belongs to."""
        return self.instalment.agreement.sub_fund if self.instalment else policy.POOL

    @property
    def name(self) -> str:
        """What it is of."""
        return str(self.instalment or f"the gift of {self.donor}")


def record_deposit(*, facts: Facts, by: User, accept_twin: bool = False) -> Receipt:
    """[8] Records a deposit whose sender is not identified: a liability, never income.

    Raises ReceiptTwice, RateMissing, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_receipt")
    with writing():
        receipt = _make(facts, accept_twin, by)
        receipt.identity = Identity.OPEN
        receipt.save(force_insert=True)
        carried = carry(facts.amount, facts.received_on)
        deposit = Deposit(receipt.number, facts.bank_account.account, owed=carried, cash=carried)
        acts.post(policy_deposits.receive_deposit(deposit, on=facts.received_on), by=by)
        acts.record("record receipt", receipt, by=by, detail=f"not identified: {facts.amount}")
    return receipt


def record_parts(
    *, facts: Facts, parts: Sequence[Part], by: User, accept_excess: bool = False, accept_twin: bool = False
) -> Receipt:
    """Records one deposit for several instalments or donors. The parts add up to it exactly.

    Raises PartsDiffer, ReceiptTooLarge where a part is more than its instalment is owed and not `accept_excess`, and
    what `record_deposit` raises.
    """
    acts.require(by, "add_receipt")
    with writing():
        receipt = _make(facts, accept_twin, by)
        receipt.save(force_insert=True)
        functional = carry(facts.amount, facts.received_on).functional
        placed = _place(receipt, parts, functional, on=facts.received_on, accept_excess=accept_excess)
        draft = policy_deposits.receive_parts(
            receipt.number, placed, on=facts.received_on, currency=functional_currency()
        )
        acts.post(draft, by=by)
        acts.record("record receipt", receipt, by=by, detail=f"{_name(parts)}: {facts.amount}")
    return receipt


def identify_deposit(
    receipt: Receipt, *, on: date, parts: Sequence[Part], by: User, accept_excess: bool = False
) -> None:
    """[9] Says whose a deposit is: of instalments or as gifts, in parts that add up to it exactly.

    The cash changes sub-fund at its carrying amount. Raises StateUnfit, PartsDiffer, ReceiptTooLarge, YearNotOpen.
    """
    acts.require(by, "change_receipt")
    with writing():
        limits.check_no_return_waits(receipt)
        found = get_open(receipt, on)
        deposit = load_deposit(found, on)
        placement = Placement.objects.create(receipt=found, placed_on=on, created_by=by)
        placed = _place(found, parts, deposit.cash.functional, placement, on=on, accept_excess=accept_excess)
        acts.post(policy_deposits.identify_deposit(deposit, placed, on=on, currency=functional_currency()), by=by)
        set_identity(found, Identity.IDENTIFIED)
        acts.record("identify deposit", found, by=by, detail=_name(parts))


def undo_placement(receipt: Receipt, *, on: date, reason: str, by: User) -> None:
    """Undoes a mistaken identification: the deposit waits again. A return is reversed by its own document.

    Raises FundsFirst where its money is used already, StateUnfit, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "change_receipt")
    with writing():
        standing = receipt.returns.filter(state=State.APPROVED).first()
        if standing:
            raise StateUnfit(f"{receipt} is returned by {standing}, which two people decided: prepare its reversal.")
        take_placement_back(receipt, on=on, reason=reason, by=by)


def take_placement_back(receipt: Receipt, *, on: date, reason: str, by: User, links: Sequence[str] = ()) -> None:
    """The opposite of the entry by which a deposit was identified or returned; it waits again."""
    found = Receipt.objects.select_related("bank_account").get(pk=receipt.pk)
    placement = found.placements.filter(undone_on=None).first()
    if placement is None:
        raise StateUnfit(f"{found} is neither identified nor returned: there is nothing to undo.")
    acts.check_day(on, "on")
    acts.check_not_before(on, placement.placed_on, "on")
    entry = entries_caused_by(found.number).filter(kind="receipt", reverses=None).latest("id")
    take_back(found.number, found.bank_account, entry.number, on=on, reason=reason, by=by, links=links)
    placement.undone_on = on
    placement.save(update_fields=["undone_on"])
    set_identity(found, Identity.OPEN)
    acts.record("undo placement", found, by=by, detail=reason)


def _make(facts: Facts, accept_twin: bool, by: User) -> Receipt:
    if facts.charges and facts.charges.minor:
        raise ValueInvalid("What banks kept on the way is recorded with a receipt of one agreement.", field="charges")
    check_facts(facts, accept_twin=accept_twin)
    return make_receipt(facts, by=by)


def get_open(receipt: Receipt, on: date) -> Receipt:
    """The deposit as it stands now, which nobody placed yet."""
    found = Receipt.objects.select_related("bank_account").get(pk=receipt.pk)
    if found.reversed_on:
        raise StateUnfit(f"{found} was reversed on {found.reversed_on}.")
    if found.identity != Identity.OPEN:
        since = found.placements.filter(undone_on=None).first()
        when = f" on {since.placed_on}: take that back first" if since else " from the first day: reverse it"
        raise StateUnfit(f"It is {found.get_identity_display().lower()}{when}, if it was a mistake.")
    acts.check_day(on, "on")
    earliest = [found.received_on, *found.placements.exclude(undone_on=None).values_list("undone_on", flat=True)]
    acts.check_not_before(on, max(day for day in earliest if day), "on")
    return found


def load_deposit(receipt: Receipt, on: date) -> Deposit:
    """What the books hold of the deposit: the liability by itself, the cash at its average carrying amount."""
    amount, account = to_amount(receipt.amount), receipt.bank_account
    limits.check_cash(account, policy.GENERAL, amount, on=on, field="on")
    held = bank_cash(account.account, policy.GENERAL)
    cash = Carried(amount, share(held.functional, amount.minor, held.amount))
    return Deposit(receipt.number, account.account, owed=Carried(amount, _find_owed(receipt, amount)), cash=cash)


def _find_owed(receipt: Receipt, amount: Amount) -> int:
    """What the liability is carried at; the last deposit takes what is left of the account."""
    scope = Scope(accounts=(policy.UNIDENTIFIED,), funds=(policy.GENERAL,))
    whole = next(total for total in totals(scope, by=("currency",)) if total.currency == amount.currency)
    if -whole.amount == amount.minor:
        return -whole.functional
    items = open_instalments((policy.UNIDENTIFIED,))
    return next(-item.functional for item in items if item.instalment == receipt.number)


def set_identity(receipt: Receipt, identity: Identity) -> None:
    receipt.identity = identity
    receipt.save(update_fields=["identity"])


def _place(
    receipt: Receipt,
    parts: Sequence[Part],
    functional: int,
    placement: Placement | None = None,
    *,
    on: date,
    accept_excess: bool,
) -> list[policy_deposits.Part]:
    """Saves the parts and says them in the policy's terms. They share the carrying amount by largest fraction."""
    _check_parts(parts, to_amount(receipt.amount), on)
    carried = split(functional, [part.amount.minor for part in parts])
    placed = []
    for part, share_ in zip(parts, carried, strict=True):
        arrival = replace(_settle(part, share_, receipt, accept_excess), number=receipt.number, on=on)
        settled = arrival.settled[0].carried.amount if arrival.settled else Amount(0, part.amount.currency)
        excess = arrival.excess.amount if arrival.excess else Amount(0, part.amount.currency)
        saved = ReceiptPart(receipt=receipt, placement=placement, donor=part.donor, instalment=part.instalment)
        saved.amount, saved.settled, saved.excess = to_money(part.amount), to_money(settled), to_money(excess)
        saved.save(force_insert=True)
        placed.append(policy_deposits.Part(arrival, _on_signature(part)))
    return placed


def _on_signature(part: Part) -> bool:
    return not part.instalment or part.instalment.agreement.is_receivable


def _check_parts(parts: Sequence[Part], whole: Amount, on: date) -> None:
    if not parts:
        raise PartsDiffer("Say what the deposit is of: at least one instalment or gift.", field="lines")
    for part in parts:
        acts.check_positive(part.amount, "lines")
        if part.amount.currency != whole.currency:
            raise ValueInvalid(f"The parts are in the deposit's {whole.currency}.", field="lines")
        _check_instalment(part, on)
    total = Amount(sum(part.amount.minor for part in parts), whole.currency)
    if total != whole:
        difference = Amount(abs(total.minor - whole.minor), whole.currency)
        more = "more" if total.minor > whole.minor else "less"
        raise PartsDiffer(
            f"The parts add up to {total}, {difference} {more} than the deposit's {whole}.", field="lines"
        )
    names = [(part.donor.pk, part.instalment and part.instalment.pk) for part in parts]
    twice = next((part for part, name in zip(parts, names, strict=True) if names.count(name) > 1), None)
    if twice:
        raise PartsDiffer(
            f"{twice.name} is there twice: say it once, with the whole amount.".capitalize(), field="lines"
        )


def _check_instalment(part: Part, on: date) -> None:
    if part.instalment is None:
        return
    agreement = part.instalment.agreement
    agreement.refresh_from_db(fields=["state", "cancelled_on"])
    limits.check_approved(agreement, field="lines")
    if agreement.donor_id != part.donor.pk:
        raise ValueInvalid(f"{agreement} is of {agreement.donor}, not of {part.donor}.", field="lines")
    if agreement.cancelled_on:
        raise ValueInvalid(f"{agreement} was cancelled on {agreement.cancelled_on}: choose another.", field="lines")
    acts.check_not_before(on, agreement.signed_on, "on")


def _settle(part: Part, functional: int, receipt: Receipt, accept_excess: bool) -> Arrival:
    """A part as money that arrived, at the carrying amount that it brings; its number and day are the receipt's."""
    bank, donor = receipt.bank_account.account, Party(part.donor.code, part.donor.name)
    arrival = Arrival("", donor, receipt.received_on, part.fund, bank, Carried(part.amount, functional), 0, ())
    if part.instalment is None:
        return arrival
    reference = part.instalment.reference
    standing = instalment_standings([part.instalment])[reference]
    owed, on = Amount(standing.outstanding, standing.currency), receipt.received_on
    settled = find_settled(part, owed, on=on, most=True)
    excess = limits.find_excess(settled, part.amount, on=on, field="lines")
    if excess.minor and not accept_excess:
        raise ReceiptTooLarge(
            f"Of {reference}, owed {owed}, {part.amount} settles {settled}: {excess} is beyond that. Lower the part, "
            "or confirm that the rest waits as unapplied until the donor says.",
            field="accept_excess",
        )
    carried = Carried(excess, share(functional, excess.minor, part.amount.minor))
    return replace(
        arrival,
        settled=[to_share(part.instalment, standing, settled)] if settled.minor else [],
        excess=carried if excess.minor else None,
        overpaid=reference if excess.minor else "",
        agreement=part.instalment.agreement.number,
    )


def find_settled(part: Part, owed: Amount, *, on: date, most: bool = False) -> Amount:
    """What a part settles of an instalment of which `owed` is open, in its currency.

    In another currency it is what the part says, or else what it is worth on the day: at `most` what is owed. Raises
    ReceiptTooLarge where that is more than is owed, ValueInvalid.
    """
    currency = owed.currency
    if part.amount.currency == currency:
        if part.settles and part.settles != part.amount:
            raise ValueInvalid(f"{part.name} is in {currency} too: leave empty what it settles.", field="lines")
        return Amount(min(part.amount.minor, owed.minor), currency)
    settled = part.settles or exchange(part.amount, currency, on)
    if settled.currency != currency:
        raise ValueInvalid(f"{part.name} is settled in {currency}.", field="lines")
    if most and not part.settles:
        return Amount(min(settled.minor, owed.minor), currency)
    acts.check_positive(settled, "lines")
    if settled.minor > owed.minor:
        raise ReceiptTooLarge(f"{part.name} is owed {owed}: {settled} is more. Lower the part.", field="lines")
    return settled


def _name(parts: Sequence[Part]) -> str:
    return ", ".join(f"{part.name} {part.amount}" for part in parts)
