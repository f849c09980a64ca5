"""How the demonstration tells what is promised and given."""

from collections.abc import Callable
from typing import Any

from fund.demonstration.steps import (
    Applied,
    Deposited,
    Extended,
    Given,
    GivenInKind,
    Identified,
    Milestoned,
    Pledged,
    Received,
    Reminded,
    Signed,
    Step,
)
from fund.demonstration.teller import Teller, read
from fund.models import Agreement, Instalment, Receipt, Recognition
from fund.money import to_amount
from fund.operations.agreements import Due, prepare_agreement
from fund.operations.amendments import prepare_amendment
from fund.operations.applications import Word, apply_unapplied
from fund.operations.deposits import Part, identify_deposit, record_deposit
from fund.operations.in_kind import Gift, record_in_kind
from fund.operations.letters import record_letter
from fund.operations.milestones import accept_milestone, plan_milestone
from fund.operations.pledges import announce_pledge
from fund.operations.receipts import record_gift, record_receipt
from ledger.money import parse_amount


def _announce(teller: Teller, step: Pledged) -> None:
    teller.made[step.key] = announce_pledge(
        donor=teller.made[step.donor],
        announced_on=teller.day(step.ago),
        amount=read(step.amount),
        by=teller.by,
        note=step.note,
    )


def _sign(teller: Teller, step: Signed) -> None:
    amount = read(step.amount)
    agreement = prepare_agreement(
        donor=teller.made[step.donor],
        signed_on=teller.day(step.ago),
        amount=amount,
        instalments=[Due(teller.day(ago), parse_amount(part, amount.currency)) for ago, part in step.due],
        recognition=_find_recognition(step),
        pledge=teller.made[step.pledge] if step.pledge else None,
        earmark=teller.earmark(step.earmark) if step.earmark else None,
        reference=step.reference,
        note=step.note,
        by=teller.by,
    )
    teller.made[step.key] = agreement if step.waits else teller.approve(agreement)


def _extend(teller: Teller, step: Extended) -> None:
    amended_on, ends_on = teller.day(step.ago), teller.day(step.ends)
    agreement = teller.made[step.agreement]
    teller.approve(prepare_amendment(agreement, amended_on=amended_on, ends_on=ends_on, note=step.why, by=teller.by))


def _reach(teller: Teller, step: Milestoned) -> None:
    due_on, amount = teller.day(step.due), read(step.amount)
    milestone = plan_milestone(
        teller.made[step.agreement], title=step.title, due_on=due_on, amount=amount, by=teller.by
    )
    if step.accepted:
        accept_milestone(milestone, on=teller.day(step.ago), note=step.accepted, by=teller.by)


def _receive(teller: Teller, step: Received) -> None:
    agreement: Agreement = teller.made[step.agreement]
    lines = None
    if step.settles:
        instalment: Instalment = agreement.instalments.earliest("position")
        lines = {instalment.reference: read(step.settles)}
    teller.made[step.key] = record_receipt(
        agreement=agreement,
        facts=teller.facts(step.ago, step.key, step.amount, charges=step.charges),
        lines=lines,
        accept_excess=True,
        by=teller.by,
    )


def _apply(teller: Teller, step: Applied) -> None:
    amount, on = read(step.amount), teller.day(step.ago)
    apply_unapplied(
        source=teller.made[step.agreement].instalments.earliest("position"),
        instalment=teller.made[step.to].instalments.get(position=step.position),
        bank_account=teller.banks[amount.currency],
        amount=amount,
        on=on,
        word=Word(step.word, on),
        by=teller.by,
    )


def _give(teller: Teller, step: Given) -> None:
    facts = teller.facts(step.ago, step.key, step.amount, note=step.note)
    teller.made[step.key] = record_gift(donor=teller.made[step.donor], facts=facts, by=teller.by)


def _give_in_kind(teller: Teller, step: GivenInKind) -> None:
    donor, project = teller.made[step.donor], teller.made[step.project]
    gift = Gift(donor, project, teller.day(step.ago), read(step.amount), step.what, step.measured)
    record_in_kind(gift=gift, by=teller.by)


def _deposit(teller: Teller, step: Deposited) -> None:
    facts = teller.facts(step.ago, step.key, step.amount, note=step.note)
    teller.made[step.key] = record_deposit(facts=facts, by=teller.by)


def _identify(teller: Teller, step: Identified) -> None:
    receipt: Receipt = teller.made[step.deposit]
    parts = [Part(teller.made[step.donor], to_amount(receipt.amount))]
    identify_deposit(receipt, on=teller.day(step.ago), parts=parts, by=teller.by)


def _remind(teller: Teller, step: Reminded) -> None:
    record_letter(donor=teller.made[step.donor], sent_on=teller.day(step.ago), way=step.way, by=teller.by)


def _find_recognition(step: Signed) -> Recognition:
    if step.conditional:
        return Recognition.AS_CONDITIONS_MET
    return Recognition.ON_RECEIPT if step.on_receipt else Recognition.ON_SIGNATURE


GIVING: dict[type[Step], Callable[[Teller, Any], None]] = {
    Pledged: _announce,
    Signed: _sign,
    Extended: _extend,
    Milestoned: _reach,
    Received: _receive,
    Applied: _apply,
    Given: _give,
    GivenInKind: _give_in_kind,
    Deposited: _deposit,
    Identified: _identify,
    Reminded: _remind,
}
