"""Transfers between the fund's own bank accounts, also across currencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund import policy_treasury
from fund.errors import ValueInvalid
from fund.models import BankAccount, Transfer, TransferLine
from fund.money import to_money
from fund.operations import acts, limits
from fund.operations.cash import divide, take_out
from fund.policy import Carried
from fund.policy_treasury import Moved
from fund.queries.rates import carry
from ledger.money import Amount, share, split
from ledger.operations import writing
from ledger.queries import functional_currency


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """What the banks say. `amount` left the source, `charges` of it were kept; `arrived` is in the target's currency.

    All of it is of the sub-fund `fund`, or of every one by its balance in the source where that is empty.
    """

    source: BankAccount
    target: BankAccount
    moved_on: date
    amount: Amount
    arrived: Amount
    charges: Amount | None = None
    fund: str = ""
    note: str = ""

    @property
    def kept(self) -> Amount:
        """The charges, or nothing, in the source's currency."""
        return self.charges or Amount(0, self.source.currency)


def record_transfer(*, facts: TransferFacts, by: User) -> Transfer:
    """Records a transfer: out at the average carrying amount, in at what arrived, the rest a realised difference.

    Raises FundsFirst, RateMissing, ValueInvalid, YearNotOpen, PeriodClosed.
    """
    acts.require(by, "add_transfer")
    with writing():
        acts.check_day(facts.moved_on, "moved_on")
        moved = plan_transfer(facts)
        found = Transfer(source=facts.source, target=facts.target, dated_on=facts.moved_on, created_by=by)
        found.amount, found.arrived, found.charges = map(to_money, (facts.amount, facts.arrived, facts.kept))
        found.note = acts.clean_text(facts.note, field="note", longest=300, required=False)
        found.number = acts.take_number(Transfer, facts.moved_on)
        found.save(force_insert=True)
        TransferLine.objects.bulk_create(
            TransferLine(
                run=found, fund=one.fund, amount=to_money(one.left.amount), arrived=to_money(one.arrived.amount)
            )
            for one in moved
        )
        draft = policy_treasury.transfer(
            number=found.number,
            on=facts.moved_on,
            source=facts.source.account,
            target=facts.target.account,
            moved=moved,
            currency=functional_currency(),
        )
        acts.post(draft, by=by)
        detail = f"{facts.source.code} {facts.amount} to {facts.target.code} {facts.arrived}"
        acts.record("record transfer", found, by=by, detail=detail)
    return found


def plan_transfer(facts: TransferFacts) -> list[Moved]:
    """What leaves and arrives of each sub-fund, as the books stand now. Raises as `record_transfer`."""
    _check(facts)
    return _move(facts, divide(facts.source, facts.amount, facts.fund, on=facts.moved_on))


def _check(facts: TransferFacts) -> None:
    source, target, kept = facts.source, facts.target, facts.kept
    if source == target:
        raise ValueInvalid("A transfer goes to another account.", field="target")
    acts.check_positive(facts.arrived, "arrived")
    if kept.minor:
        acts.check_positive(kept, "charges")
    if facts.arrived.currency != target.currency:
        raise ValueInvalid(f"{target.code} holds {target.currency}: what arrived is in it.", field="arrived")
    if kept.currency != source.currency or facts.amount.currency != source.currency:
        raise ValueInvalid(f"{source.code} holds {source.currency}: what left is in it.", field="amount")
    _check_value(facts, Amount(facts.amount.minor - kept.minor, source.currency))


def _check_value(facts: TransferFacts, sent: Amount) -> None:
    if sent.minor <= 0:
        raise ValueInvalid(f"The charges are less than the {facts.amount} that left.", field="charges")
    if sent.currency == facts.arrived.currency:
        if sent != facts.arrived:
            raise ValueInvalid(f"{sent} must have arrived: what left, less the charges.", field="arrived")
        return
    limits.check_worth(sent, facts.arrived, on=facts.moved_on, field="arrived")


def _move(facts: TransferFacts, parts: Mapping[str, int]) -> list[Moved]:
    """Each sub-fund's part. What was kept and what arrived is divided as what left (rule 3)."""
    kept = facts.kept
    charges = split(kept.minor, list(parts.values()))
    if facts.arrived.currency == kept.currency:
        return [_keep(facts, fund, part, charge) for (fund, part), charge in zip(parts.items(), charges, strict=True)]
    arrived = split(facts.arrived.minor, list(parts.values()))
    carried = split(carry(facts.arrived, facts.moved_on).functional, arrived)
    costs = split(carry(kept, facts.moved_on).functional, list(parts.values()))
    return [
        Moved(fund, take_out(facts.source, fund, part), Carried(Amount(came, facts.arrived.currency), worth), cost)
        for (fund, part), came, worth, cost in zip(parts.items(), arrived, carried, costs, strict=True)
    ]


def _keep(facts: TransferFacts, fund: str, part: int, charge: int) -> Moved:
    """In one currency the money keeps its carrying amount: nothing is realised by moving it."""
    left = take_out(facts.source, fund, part)
    cost = share(left.functional, charge, part)
    arrived = Carried(Amount(part - charge, facts.arrived.currency), left.functional - cost)
    return Moved(fund, left, arrived, cost)
