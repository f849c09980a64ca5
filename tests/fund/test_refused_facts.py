"""What operations are told that cannot be: each is refused with what could be, and nothing is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User

from fund.errors import (
    CodeTaken,
    FundsFirst,
    InstalmentsDiffer,
    MonthNotOver,
    NotPermitted,
    PledgeUnfit,
    ReceiptTooLarge,
    ValueInvalid,
)
from fund.models import (
    REVERSIBLE,
    Advance,
    Agreement,
    Allocation,
    BankAccount,
    Donor,
    Milestone,
    Pledge,
    Receipt,
    Refund,
)
from fund.operations.advance_reports import Spent, record_report
from fund.operations.advance_returns import Back, record_return
from fund.operations.agreements import Due, Earmark, prepare_agreement
from fund.operations.allocations import prepare_allocation
from fund.operations.applications import Word, apply_unapplied
from fund.operations.bank_charges import record_bank_charge
from fund.operations.bank_details import prepare_bank_details
from fund.operations.cancellations import prepare_cancellation
from fund.operations.closings import close_period
from fund.operations.decided_reversals import prepare_reversal
from fund.operations.deposits import Part, identify_deposit, record_parts
from fund.operations.disbursements import Line, prepare_disbursement
from fund.operations.donors import change_donor
from fund.operations.interest import record_interest
from fund.operations.manual_entries import Line as Posting
from fund.operations.manual_entries import prepare_manual_entry
from fund.operations.milestones import reverse_milestone
from fund.operations.pledges import announce_pledge
from fund.operations.projects import add_project, change_project
from fund.operations.receipts import Facts, record_gift, record_receipt
from fund.operations.reconciliations import record_reconciliation
from fund.operations.recoveries import Terms, set_recovery_terms
from fund.operations.refunds import pay_refund, prepare_refund
from fund.operations.reversals import reverse_receipt
from fund.operations.screenings import record_screening
from fund.operations.secretariat import prepare_payment
from fund.operations.transfers import TransferFacts, record_transfer
from fund.operations.treasury import add_bank_account, add_rate
from fund.operations.write_offs import prepare_write_off
from ledger.errors import Refused, YearNotOpen
from tests.deeds import sign_agreement
from tests.fund.runs import FUND, refuses
from tests.shorthand import cad, usd

pytestmark = pytest.mark.django_db

DAY = date(2026, 4, 1)
Odd = tuple[dict[str, Any], type[Refused], str]


def refuse_each(act: Callable[..., Any], sound: dict[str, Any], *odd: Odd) -> None:
    """Each change of facts that are sound is refused."""
    for changes, error, said in odd:
        refuses(error, said, lambda facts=sound | changes: act(**facts))  # type: ignore[misc]  # bound as it is now


def test_what_a_bank_gives_is_of_a_month_that_is_over_and_in_its_currency(
    receipt: Receipt, bank: BankAccount, officer: User
) -> None:
    refuse_each(
        record_interest,
        {"bank_account": bank, "month": "2026-03", "amount": usd("10"), "by": officer},
        ({"amount": usd("0")}, ValueInvalid, "more than zero"),
        ({"amount": cad("10")}, ValueInvalid, "CITI-USD holds USD"),
        ({"month": "2026-06"}, MonthNotOver, "run it on 2026-06-30 or later"),
        ({"credited_on": date(2026, 2, 28)}, ValueInvalid, "2026-03-01 or later"),
        ({"credited_on": date(2027, 1, 1)}, YearNotOpen, "Open: 2026"),
    )


def test_what_a_bank_takes_is_in_its_currency_and_for_something(
    receipt: Receipt, bank: BankAccount, officer: User
) -> None:
    refuse_each(
        record_bank_charge,
        {"bank_account": bank, "charged_on": DAY, "amount": usd("1"), "description": "Fees", "by": officer},
        ({"amount": usd("0")}, ValueInvalid, "more than zero"),
        ({"amount": cad("1")}, ValueInvalid, "CITI-USD holds USD"),
        ({"description": " "}, ValueInvalid, "needed"),
        ({"charged_on": date(2025, 4, 1)}, YearNotOpen, "Open: 2026"),
    )


def test_a_correction_has_its_grounds_its_day_and_what_it_corrects(agreement: Agreement, officer: User) -> None:
    refuse_each(
        partial(prepare_write_off, agreement),
        {"dated_on": DAY, "grounds": "Wound up", "by": officer},
        ({"grounds": " "}, ValueInvalid, "needed"),
        ({"dated_on": date(2026, 1, 14)}, ValueInvalid, "2026-01-15 or later"),
        ({"lines": {f"{FUND}/1": cad("1")}}, ValueInvalid, f"{FUND} is in USD"),
        ({"lines": {f"{FUND}/1": usd("0")}}, ValueInvalid, "more than zero"),
    )
    fees = Posting("Expenses:BankCharges", FUND, usd("1"), 100)
    refuse_each(
        prepare_manual_entry,
        {"dated_on": DAY, "grounds": "Twice", "lines": [fees], "by": officer},
        ({"grounds": ""}, ValueInvalid, "needed"),
        ({"lines": [fees, fees]}, ValueInvalid, "named twice: add its lines up"),
    )


def test_a_refund_has_its_grounds_and_is_paid_as_a_whole_and_not_before_its_day(
    agreed: Refund, cad_agreement: Agreement, bank: BankAccount, officer: User
) -> None:
    facts = {"dated_on": DAY, "word": Word("Note 1", DAY), "grounds": "They ask", "amount": usd("1"), "by": officer}
    refuse_each(
        partial(prepare_refund, agreed.agreement),
        facts,
        ({"grounds": " "}, ValueInvalid, "needed"),
        ({"amount": usd("0")}, ValueInvalid, "more than zero"),
        ({"dated_on": date(2026, 1, 14), "word": Word("N", date(2026, 1, 1))}, ValueInvalid, "2026-01-15 or later"),
        ({"source": cad_agreement.instalments.get()}, ValueInvalid, f"is no instalment of {FUND}"),
    )
    refuse_each(
        partial(pay_refund, agreed),
        {"bank_account": bank, "paid_on": DAY, "by": officer},
        ({"amount": usd("999.99")}, ValueInvalid, "paid as a whole"),
        ({"paid_on": date(2026, 3, 31)}, ValueInvalid, "2026-04-01 or later"),
    )


def test_an_agreement_has_a_profile_an_end_and_a_pledge_that_came_before(
    pledge: Pledge, canada: Donor, officer: User
) -> None:
    due = [Due(DAY, usd("5"))]
    refuse_each(
        prepare_agreement,
        {"donor": canada, "signed_on": date(2026, 1, 4), "amount": usd("5"), "instalments": due, "by": officer},
        ({"recognition": "never"}, ValueInvalid, "on signature, as conditions are met, or on receipt"),
        ({"instalments": [Due(DAY, cad("5"))]}, InstalmentsDiffer, "in the agreement's USD"),
        ({"instalments": [Due(date(2026, 1, 3), usd("5"))]}, ValueInvalid, "2026-01-04 or later"),
        ({"earmark": Earmark(ends_on=date(2026, 1, 3))}, ValueInvalid, "ends on the day of signature or later"),
        ({"earmark": Earmark(countries=["ZZZ"])}, ValueInvalid, "ZZZ"),
        ({"pledge": pledge}, PledgeUnfit, "was announced on 2026-01-05, after this"),
    )


def test_a_cancellation_and_a_milestone_taken_back_have_a_reason_a_day_and_who_may(
    milestone: Milestone, officer: User, auditor: User
) -> None:
    for act in (partial(prepare_cancellation, milestone.agreement), partial(reverse_milestone, milestone)):
        refuse_each(
            act,
            {"on": DAY, "reason": "Never ratified", "by": officer},
            ({"reason": " "}, ValueInvalid, "needed"),
            ({"on": date(2026, 1, 14)}, ValueInvalid, "2026-01-15 or later"),
            ({"on": date(2027, 1, 1)}, YearNotOpen, "Open: 2026"),
            ({"by": auditor}, NotPermitted, "does not allow"),
        )


def test_what_is_given_and_spent_names_a_sub_fund_and_its_currency(
    allocation: Allocation, bank: BankAccount, cad_bank: BankAccount, officer: User, auditor: User
) -> None:
    refuse_each(
        prepare_allocation,
        {"project": allocation.project, "decided_on": DAY, "lines": {FUND: usd("1")}, "by": officer},
        ({"lines": {}}, ValueInvalid, "at least one sub-fund"),
        ({"lines": {FUND: cad("1")}}, ValueInvalid, "Allocations are in USD"),
        ({"decided_on": date(2027, 1, 1)}, YearNotOpen, "Open: 2026"),
    )
    line = Line(FUND, allocation.project, "Travel", usd("1"))
    refuse_each(
        prepare_disbursement,
        {"payee": "Firm", "bank_account": bank, "paid_on": DAY, "lines": [line], "by": officer},
        ({"by": auditor}, NotPermitted, "does not allow"),
        ({"lines": []}, ValueInvalid, "at least one sub-fund"),
        ({"bank_account": cad_bank}, ValueInvalid, "RBC-CAD holds CAD"),
        ({"payee": " "}, ValueInvalid, "needed"),
        ({"paid_on": date(2027, 1, 1)}, YearNotOpen, "Open: 2026"),
    )
    refuse_each(
        prepare_payment,
        {"bank_account": bank, "paid_on": DAY, "by": officer},
        ({"lines": {}}, ValueInvalid, "at least one sub-fund"),
        ({"lines": {FUND: cad("1")}}, ValueInvalid, "the amounts are in it"),
    )


def test_what_is_identified_or_applied_settles_what_it_can(
    overpaid: Receipt, deposit: Receipt, agreement: Agreement, cad_agreement: Agreement, canada: Donor, officer: User
) -> None:
    first, word = cad_agreement.instalments.get(), Word("L", date(2026, 3, 9))
    young = sign_agreement(
        donor=canada, signed_on=DAY, amount=usd("50"), instalments=[Due(DAY, usd("50"))], by=officer
    ).instalments.get()
    refuse_each(
        lambda part, **facts: identify_deposit(deposit, parts=[part], **facts),
        {"on": word.on, "by": officer},
        ({"part": Part(canada, usd("50"), young)}, ValueInvalid, "2026-04-01 or later"),
        ({"part": Part(canada, usd("50"), first, usd("50"))}, ValueInvalid, "is settled in CAD"),
        ({"part": Part(canada, usd("50"), first, cad("0"))}, ValueInvalid, "more than zero"),
        ({"part": Part(canada, usd("50"), first, cad("1000.01"))}, ReceiptTooLarge, r"is owed CAD 1,000\.00"),
        ({"part": Part(canada, usd("50"), young, usd("49")), "on": DAY}, ValueInvalid, "leave empty what it settles"),
    )
    refuse_each(
        partial(apply_unapplied, word=word, bank_account=deposit.bank_account, by=officer),
        {"source": agreement.instalments.get(position=2), "amount": usd("50"), "on": word.on},
        ({"instalment": young}, ValueInvalid, "2026-04-01 or later"),
        ({"instalment": first, "settles": cad("100")}, ValueInvalid, "more than 10 per cent away"),
        ({"on": date(2027, 1, 1)}, YearNotOpen, "Open: 2026"),
    )


def test_a_partner_has_reports_and_returns_of_its_own_lines_from_who_may(
    sent: Advance, bank: BankAccount, cad_bank: BankAccount, officer: User, auditor: User
) -> None:
    spent = Spent(sent.lines.get(), "Travel", usd("1"))
    refuse_each(
        partial(record_report, sent),
        {"reported_on": DAY, "certified_by": "Head", "lines": [spent], "by": officer},
        ({"lines": []}, ValueInvalid, "at least one line"),
        ({"lines": [replace(spent, amount=usd("0"))]}, ValueInvalid, "more than zero"),
        ({"lines": [replace(spent, amount=cad("1"))]}, ValueInvalid, "was paid in USD"),
        ({"lines": [replace(spent, category="Lunch")]}, ValueInvalid, "not a category of spending"),
        ({"lines": [spent, spent]}, ValueInvalid, "Name each category once"),
        ({"certified_by": " "}, ValueInvalid, "needed"),
        ({"by": auditor}, NotPermitted, "does not allow"),
    )
    refuse_each(
        lambda lines, by, **facts: record_return(sent, back=Back(reference="U", **facts), lines=lines, by=by),
        {"bank_account": bank, "received_on": DAY, "lines": {"ADV-2026-0001/1": usd("1")}, "by": officer},
        ({"bank_account": cad_bank}, ValueInvalid, "choose an account in USD"),
        ({"lines": {}}, ValueInvalid, "at least one line"),
        ({"lines": {"ADV-2026-0001/9": usd("1")}}, ValueInvalid, "is no line of ADV-2026-0001"),
        ({"lines": {"ADV-2026-0001/1": usd("0")}}, ValueInvalid, "more than zero"),
        ({"received_on": date(2026, 3, 19)}, ValueInvalid, "2026-03-20 or later"),
        ({"by": auditor}, NotPermitted, "does not allow"),
    )
    refuse_each(
        partial(prepare_reversal, sent),
        {"on": DAY, "reason": "Came back", "by": officer},
        ({"reason": " "}, ValueInvalid, "needed"),
        ({"on": date(2026, 3, 19)}, ValueInvalid, "2026-03-20 or later"),
        ({"by": auditor}, NotPermitted, "does not allow"),
    )


def test_what_went_to_another_account_is_not_taken_out_of_the_first(
    overpaid: Receipt, deposit: Receipt, agreement: Agreement, canada: Donor, bank: BankAccount, officer: User
) -> None:
    other = add_bank_account(code="B-2", name="Second bank", currency="USD", by=officer)
    for fund, amount in ((FUND, usd("10100")), ("GENERAL", usd("50"))):
        facts = TransferFacts(bank, other, date(2026, 3, 5), amount, amount, fund=fund)
        record_transfer(facts=facts, by=officer)
    word, source = Word("L", DAY), agreement.instalments.get(position=2)
    acts: list[Callable[[], Any]] = [
        lambda: reverse_receipt(overpaid, on=DAY, reason="Bounced", by=officer),
        lambda: apply_unapplied(source=source, amount=usd("9"), on=DAY, word=word, bank_account=bank, by=officer),
        lambda: identify_deposit(deposit, on=DAY, parts=[Part(canada, usd("50"))], by=officer),
    ]
    for act in acts:
        refuses(FundsFirst, r"has USD 0\.00 in CITI-USD on 2026-04-01; USD .* is more\. It has .* in B-2", act)
    late = Facts(bank, DAY, usd("5"), "B-9", charges=usd("0.50"))
    kept = partial(record_receipt, agreement=agreement, facts=late, accept_excess=True, by=officer)
    refuses(ReceiptTooLarge, "Charges cannot be unapplied", kept)


def test_every_operation_asks_first_who_may(auditor: User) -> None:
    thing: Any = None
    reversal: dict[str, Any] = {"on": DAY, "reason": "A slip"}
    acts: list[Callable[..., Any]] = [
        partial(announce_pledge, donor=thing, announced_on=DAY, amount=thing),
        partial(record_receipt, agreement=thing, facts=thing),
        partial(record_gift, donor=thing, facts=thing),
        partial(record_parts, facts=thing, parts=()),
        partial(reverse_receipt, thing, **reversal),
        *(partial(prepare_reversal, kind(), **reversal) for kind in REVERSIBLE),
        partial(prepare_refund, thing, amount=thing, dated_on=DAY, word=thing, grounds=""),
        partial(prepare_bank_details, thing, facts=thing, valid_from=DAY),
        partial(record_screening, thing, screened_on=DAY, list_name="", result=""),
        partial(add_project, code="", facts=thing),
        partial(change_project, thing, facts=thing),
        partial(change_donor, thing, name="", donor_class="", country=""),
        partial(record_reconciliation, statement=thing, lines=()),
        partial(add_bank_account, code="", name="", currency=""),
        partial(add_rate, currency="", effective_on=DAY, rate=thing),
        partial(close_period, "2026-01"),
    ]
    for act in acts:
        refuses(NotPermitted, "Your role does not allow this", partial(act, by=auditor))


def test_terms_of_indirect_cost_begin_after_the_signature_and_those_before(agreement: Agreement, officer: User) -> None:
    sound = Terms(date(2026, 2, 1), Decimal(7), "expenditure")
    set_recovery_terms(fund=FUND, terms=sound, by=officer)
    refuse_each(
        partial(set_recovery_terms, by=officer),
        {"fund": FUND, "terms": sound},
        ({}, CodeTaken, "has terms from 2026-02-01: begin later"),
        ({"terms": Terms(date(2026, 1, 14), Decimal(7), "receipt")}, ValueInvalid, "2026-01-15 or later"),
        ({"terms": Terms(DAY, Decimal(7), "receipt", ceiling=usd("0"))}, ValueInvalid, "more than zero"),
        ({"fund": "AGR-2026-0077"}, ValueInvalid, "Use POOL, or the number of an earmarked agreement"),
    )
