"""Receipts: money that arrived, against the instalments of an agreement or as a gift."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from django.contrib.auth.models import User

from fund import policy, policy_receipts
from fund.errors import ReceiptTooLarge, ReceiptTwice, ValueInvalid
from fund.models import AdvanceReturn, Agreement, BankAccount, Donor, Instalment, Receipt, ReceiptLine
from fund.money import to_money
from fund.operations import acts, limits
from fund.policy import Carried, Party, Share
from fund.policy_receipts import Arrival
from fund.queries.contributions import Standing, open_instalments
from fund.queries.rates import carry, exchange
from ledger.money import Amount, share
from ledger.operations import writing
from ledger.queries import functional_currency

Open = list[tuple[Instalment, Standing]]

# Of what was sent, banks keep at most so many per cent on the way.
_MOST_KEPT = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """What the bank says of a receipt.

    `amount` arrived in the bank account, in its currency; `charges`, in the same currency, were kept by banks on the
    way. `reference` is the bank's own; blanks and capitals make no difference to it.
    """

    bank_account: BankAccount
    received_on: date
    amount: Amount
    reference: str
    charges: Amount | None = None
    note: str = ""

    @property
    def sent(self) -> Amount:
        """What the donor sent: what arrived and what was kept on the way."""
        kept = self.charges.minor if self.charges else 0
        return Amount(self.amount.minor + kept, self.amount.currency)


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a receipt divides: what it settles of which instalment, in the agreement's currency, and what is beyond."""

    settled: Sequence[tuple[Instalment, Standing, Amount]]
    excess: Amount


def record_receipt(
    *,
    agreement: Agreement,
    facts: Facts,
    by: User,
    lines: Mapping[str, Amount] | None = None,
    accept_excess: bool = False,
    accept_twin: bool = False,
) -> Receipt:
    """Records a receipt of an agreement and posts it.

    `lines` says what it settles of which instalment (by reference, in the agreement's currency); without it, the
    earliest due come first. What the donor sent beyond them is unapplied, when `accept_excess` says so. `accept_twin`
    takes a second receipt of the same day, account and amount under another reference. Raises ReceiptTooLarge,
    ReceiptTwice, RateMissing, YearNotOpen, ValueInvalid.
    """
    acts.require(by, "add_receipt")
    with writing():
        check_facts(facts, accept_twin=accept_twin)
        agreement = Agreement.objects.select_related("donor").get(pk=agreement.pk)
        limits.check_approved(agreement, field="agreement")
        if agreement.cancelled_on:
            raise ValueInvalid(f"{agreement} was cancelled on {agreement.cancelled_on}.", field="agreement")
        acts.check_not_before(facts.received_on, agreement.signed_on, "received_on")
        settlement = _settle(agreement, facts, lines)
        if settlement.excess.minor and not accept_excess:
            raise _too_large(settlement)
        receipt = _save(facts, agreement.donor, agreement, settlement, by)
        arrival = _to_arrival(receipt, facts, settlement)
        draft = policy_receipts.receive(arrival, on_signature=agreement.is_receivable, currency=functional_currency())
        acts.post(draft, by=by)
        acts.record("record receipt", receipt, by=by, detail=f"{agreement}: {facts.amount}")
    return receipt


def record_gift(*, donor: Donor, facts: Facts, by: User, accept_twin: bool = False) -> Receipt:
    """Records a gift without an agreement: into the pool, income on receipt. Raises as `record_receipt`."""
    acts.require(by, "add_receipt")
    with writing():
        check_facts(facts, accept_twin=accept_twin)
        settlement = Settlement((), Amount(0, facts.amount.currency))
        receipt = _save(facts, donor, None, settlement, by)
        arrival = _to_arrival(receipt, facts, settlement)
        acts.post(policy_receipts.receive_gift(arrival, currency=functional_currency()), by=by)
        acts.record("record receipt", receipt, by=by, detail=f"gift of {donor}: {facts.amount}")
    return receipt


def normalise_reference(reference: str) -> str:
    """A bank's reference without blanks, in capitals and plain letters: what two people would type alike."""
    return "".join(normalize("NFKC", reference).split()).upper()


def check_facts(facts: Facts, *, accept_twin: bool) -> None:
    """What the bank says is sound, and no other receipt has it. Raises ReceiptTwice, YearNotOpen, ValueInvalid."""
    acts.check_positive(facts.amount)
    acts.check_day(facts.received_on, "received_on")
    currency = facts.bank_account.currency
    if {facts.amount.currency, (facts.charges or facts.amount).currency} != {currency}:
        raise ValueInvalid(f"{facts.bank_account.code} holds {currency}: the amount is in it.", field="amount")
    if facts.charges:
        _check_charges(facts.charges, facts.sent)
    check_reference(facts.bank_account, facts.reference)
    if not accept_twin:
        check_twin(facts.bank_account, facts.received_on, facts.amount)


def _check_charges(charges: Amount, sent: Amount) -> None:
    """More than banks keep would settle what was not paid, which a write-off does, and another person approves."""
    if charges.minor < 0:
        raise ValueInvalid("Charges are zero or more.", field="charges")
    if charges.minor * 100 > _MOST_KEPT * sent.minor:
        raise ValueInvalid(
            f"{charges} is more than {_MOST_KEPT} % of the {sent} that was sent. Record what arrived; what of the rest "
            "will not be paid is written off.",
            field="charges",
        )


def check_reference(account: BankAccount, text: str) -> None:
    """No line of a bank statement is both a receipt and what a partner returned, nor twice one. Raises ReceiptTwice."""
    reference = normalise_reference(acts.clean_text(text, field="reference", longest=60))
    for model in (Receipt, AdvanceReturn):
        twice = model.objects.filter(bank_account=account, reference=reference, reversed_on=None).first()
        if twice:
            raise ReceiptTwice(
                f"{twice} of {twice.received_on} has the bank reference {reference} already: it is the same money.",
                field="reference",
            )


def check_twin(account: BankAccount, on: date, amount: Amount, *, known: Collection[str] = ()) -> None:
    """Raises ReceiptTwice where money of the same day, account and amount is recorded under another reference.

    References in `known` are those of other lines of the same statement: two of its lines are two payments.
    """
    for model in (Receipt, AdvanceReturn):
        standing = model.objects.filter(bank_account=account, reversed_on=None)
        found = standing.filter(received_on=on, amount=to_money(amount)).order_by("pk")
        twin = next((one for one in found.iterator() if one.reference not in known), None)
        if twin:
            raise ReceiptTwice(
                f"{twin} has the same day, account and amount, with the bank reference {twin.reference}. "
                "If this is another payment, confirm it.",
                field="accept_twin",
            )


def _settle(agreement: Agreement, facts: Facts, lines: Mapping[str, Amount] | None) -> Settlement:
    found = open_instalments(agreement)
    currency = str(agreement.amount.currency)
    if lines is None:
        settled = _earliest_first(found, exchange(facts.sent, currency, facts.received_on))
    else:
        settled = _as_told(found, lines, agreement)
    total = Amount(sum(amount.minor for _, _, amount in settled), currency)
    return Settlement(settled, _excess(facts, total))


def _earliest_first(found: Open, sent: Amount) -> list[tuple[Instalment, Standing, Amount]]:
    left = sent.minor
    settled = []
    for instalment, standing in found:
        part = min(left, standing.outstanding)
        left -= part
        if part:
            settled.append((instalment, standing, Amount(part, sent.currency)))
    return settled


def _as_told(
    found: Open, lines: Mapping[str, Amount], agreement: Agreement
) -> list[tuple[Instalment, Standing, Amount]]:
    by_reference = {instalment.reference: (instalment, standing) for instalment, standing in found}
    settled = []
    for reference, amount in lines.items():
        acts.check_positive(amount, "lines")
        if reference not in by_reference:
            raise ValueInvalid(
                f"Nothing is owed of {reference}: name an instalment of {agreement} that is, or none for the earliest "
                "due.",
                field="lines",
            )
        instalment, standing = by_reference[reference]
        if amount.currency != standing.currency:
            raise ValueInvalid(f"Instalments of {agreement} are settled in {standing.currency}.", field="lines")
        if amount.minor > standing.outstanding:
            owed = Amount(standing.outstanding, standing.currency)
            raise ReceiptTooLarge(f"{reference} is owed {owed}: {amount} is more.", field="lines")
        settled.append((instalment, standing, amount))
    return settled


def _excess(facts: Facts, total: Amount) -> Amount:
    sent = facts.sent
    if total.currency == sent.currency and total.minor > sent.minor:
        raise ReceiptTooLarge(f"{total} is applied, but only {sent} was sent.", field="lines")
    excess = limits.find_excess(total, sent, on=facts.received_on, field="lines")
    if excess.minor > facts.amount.minor:
        raise ReceiptTooLarge("Charges cannot be unapplied: apply at least them.", field="lines")
    return excess


def _too_large(settlement: Settlement) -> ReceiptTooLarge:
    owed = ", ".join(f"{amount} of {instalment}" for instalment, _, amount in settlement.settled)
    taken = f"It settles {owed}" if owed else "Nothing of the agreement is open"
    return ReceiptTooLarge(
        f"{taken}; {settlement.excess} is left over. Lower the amount, or confirm that "
        "the rest waits as unapplied until the donor says.",
        field="accept_excess",
    )


def _save(facts: Facts, donor: Donor, agreement: Agreement | None, settlement: Settlement, by: User) -> Receipt:
    receipt = make_receipt(facts, by=by)
    receipt.donor, receipt.agreement, receipt.excess = donor, agreement, to_money(settlement.excess)
    receipt.save(force_insert=True)
    ReceiptLine.objects.bulk_create(
        ReceiptLine(receipt=receipt, instalment=instalment, amount=to_money(amount))
        for instalment, _, amount in settlement.settled
    )
    return receipt


def make_receipt(facts: Facts, *, by: User) -> Receipt:
    """A receipt with its number and what the bank says, not saved: it has no donor and nothing unapplied yet."""
    nothing = Amount(0, facts.amount.currency)
    receipt = Receipt(bank_account=facts.bank_account, created_by=by)
    receipt.number = acts.take_number(Receipt, facts.received_on)
    receipt.received_on = facts.received_on
    receipt.reference = normalise_reference(facts.reference)
    receipt.amount, receipt.charges = to_money(facts.amount), to_money(facts.charges or nothing)
    receipt.excess = to_money(nothing)
    receipt.note = acts.clean_text(facts.note, field="note", longest=300, required=False)
    return receipt


def _to_arrival(receipt: Receipt, facts: Facts, settlement: Settlement) -> Arrival:
    donor, agreement = receipt.donor, receipt.agreement
    assert donor
    charges = carry(facts.charges, facts.received_on).functional if facts.charges else 0
    excess = carry(settlement.excess, facts.received_on) if settlement.excess.minor else None
    return Arrival(
        number=receipt.number,
        donor=Party(donor.code, donor.name),
        on=facts.received_on,
        fund=agreement.sub_fund if agreement else policy.POOL,
        bank=facts.bank_account.account,
        arrived=carry(facts.amount, facts.received_on),
        charges=charges,
        settled=[to_share(*part) for part in settlement.settled],
        excess=excess,
        overpaid=_overpaid(agreement, settlement),
        agreement=agreement.number if agreement else "",
    )


def to_share(instalment: Instalment, standing: Standing, amount: Amount) -> Share:
    """Rule 4: a receivable is settled at its own carrying amount; the last unit takes what is left."""
    return Share(instalment.reference, Carried(amount, share(standing.carried, amount.minor, standing.outstanding)))


def _overpaid(agreement: Agreement | None, settlement: Settlement) -> str:
    if agreement is None or not settlement.excess.minor:
        return ""
    if settlement.settled:
        return settlement.settled[-1][0].reference
    last: Instalment = agreement.instalments.latest("position")
    return last.reference
