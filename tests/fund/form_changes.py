"""Every form that changes something, and what it sends."""

from typing import NamedTuple
from urllib.parse import urlencode

ONE_LINE = {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}
LINE = ONE_LINE | {"lines-0-fund": "AGR-2026-0001", "lines-0-amount": "100"}
REASON = {"reason": "No"}
LEAVE = {"receiver": "officer", "since": "2026-06-15", "until": "2026-06-30", "reason": "Leave"}
ACCEPTANCE = {"on": "2026-06-01", "note": "Held"}
REVERSAL = {"on": "2026-06-01", "reason": "A slip"}
PROJECT = {"title": "Training", "starts_on": "2026-01-01", "countries": "GTM", "recommendations": "15"}
DONOR = {"name": "Peru", "donor_class": "state_party", "country": "PER"}
RECEIPT = {"bank_account": "CITI-USD", "received_on": "2026-03-02", "reference": "B-9", "amount": "50", "charges": ""}
INSTALMENTS = {"instalments-TOTAL_FORMS": "1", "instalments-INITIAL_FORMS": "0", "instalments-0-due_on": "2026-07-01"}
AMENDMENT = INSTALMENTS | {"amended_on": "2026-06-01", "after": "0", "note": "More", "instalments-0-amount": "50"}
MILESTONE = {"title": "Course", "due_on": "2026-07-01", "amount": "5"}
PLEDGE = {"donor": "CAN", "announced_on": "2026-02-01", "amount_0": "5", "amount_1": "USD"}
LAST_DAY = {"expires_on": "2026-12-31", "reason": "Letter 7"}
AGREEMENT = INSTALMENTS | {"donor": "CAN", "signed_on": "2026-02-01", "recognition": "on_signature", "amount_0": "5"}
ALLOCATION = LINE | {"project": "CYB-01", "decided_on": "2026-03-10"}
LETTER = {"donor": "CAN", "sent_on": "2026-06-15", "way": "mail"}
PARTS = ONE_LINE | {"lines-0-place": "AGR-2026-0001/1", "lines-0-amount": "50"}
APPLICATION = {"place": "gift/CAN", "amount": "40", "on": "2026-03-09", "word": "L-1", "word_on": "2026-03-08"}
APPLICATION |= {"bank_account": "CITI-USD"}
MOVE = ALLOCATION | {"project": "BOR-01", "source": "CYB-01"}
CANCELLATION = REVERSAL | {"AGR-2026-0001": "500"}
OBLIGATION = LINE | {"project": "CYB-01", "payee": "Wings", "purpose": "Flights", "category": "Travel"}
OBLIGATION |= {"let_on": "2026-03-12", "ends_on": "2026-12-31"}
BUDGET = ONE_LINE | {"decided_on": "2026-03-12", "lines-0-output": "Analysts are trained", "lines-0-year": "2026"}
BUDGET |= {"lines-0-category": "IndirectCost", "lines-0-amount": "100"}
PAYMENT = LINE | {"payee": "Wings", "bank_account": "CITI-USD", "paid_on": "2026-03-20", "lines-0-project": "CYB-01"}
DETAILS = {"holder": "Wings", "account": "GB82WEST12345698765432", "bank": "West", "country": "GBR"}
DETAILS |= {"currency": "USD", "valid_from": "2026-06-01"}
SCREENING = {"screened_on": "2026-06-01", "list_name": "A list", "result": "possible", "note": "The same name"}
ADVANCE = LINE | {"partner": "UNODC", "bank_account": "CITI-USD", "paid_on": "2026-03-20", "lines-0-project": "CYB-01"}
REPORT = ONE_LINE | {"reported_on": "2026-04-10", "certified_by": "Head", "lines-0-line": "1"}
REPORT |= {"lines-0-category": "Travel", "lines-0-amount": "600"}
REVIEW = {"accepted-1": "500", "question-1": "No invoice"}
BACK = {"bank_account": "CITI-USD", "received_on": "2026-05-04", "reference": "BACK-1", "line-1": "300"}
TERMS = {"starts_on": "2026-02-01", "rate": "7", "base": "expenditure"}
INTEREST = {"bank_account": "CITI-USD", "month": "2026-03", "amount": "10"}
NO_INTEREST = {"bank_account": "CITI-USD", "month": "2026-03"}
CHARGE = {"bank_account": "CITI-USD", "charged_on": "2026-03-05", "amount": "10", "description": "Fees"}
STATEMENT = ONE_LINE | {"bank_account": "CITI-USD", "dated_on": "2026-03-31", "reference": "3/2026"}
STATEMENT |= {"balance": "6120", "lines-0-text": "Cheque 17", "lines-0-amount": "-120"}
TRANSFER = {"source": "CITI-USD", "target": "B-1", "moved_on": "2026-03-05", "amount": "10", "arrived": "10"}
IN_KIND = {"donor": "CAN", "project": "CYB-01", "received_on": "2026-03-05", "amount_0": "10"}
IN_KIND |= {"description": "Laptops", "measurement": "Prices"}
OF_INSTALMENT = {"dated_on": "2026-05-01", "grounds": "Wound up", "AGR-2026-0001/1": "100"}
GOES_BACK = {"amount_0": "50", "amount_1": "USD", "dated_on": "2026-04-01", "word": "Note 1", "word_on": "2026-03-30"}
GOES_BACK |= {"grounds": "They ask for it"}
BY_HAND = {"dated_on": "2026-04-01", "grounds": "Booked twice", "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0"}
BY_HAND |= {"lines-0-account": "Expenses:BankCharges", "lines-0-fund": "AGR-2026-0001", "lines-0-debit": "20"}
BY_HAND |= {"lines-1-account": "Assets:Bank:CITI-USD", "lines-1-fund": "AGR-2026-0001", "lines-1-credit": "20"}
OUT_OF = {"bank_account": "CITI-USD", "paid_on": "2026-04-03"}
PAYS = {"bank_account": "CITI-USD", "paid_on": "2026-06-10", "pays_AGR-2026-0001": "84.00"}


class Change(NamedTuple):
    """A form that changes something: its address, what there has to be before, what it sends, and who sends it."""

    name: str
    path: str
    fixtures: str
    sent: dict[str, str]
    reader: str = "officer_client"
    # Whether it can be done once, so that its button is there no more.
    once: bool = False

    @property
    def page(self) -> str:
        """Where the form stands; a button stands on its document's page."""
        return self.path.removesuffix("approve/").removesuffix("1/end/")


def decisions(name: str, page: str, fixtures: str) -> list[Change]:
    """The two decisions on a document that waits."""
    return [
        Change(f"{name}-approve", f"{page}approve/", fixtures, {}, "approver_client", once=True),
        Change(f"{name}-reject", f"{page}reject/", fixtures, REASON, "approver_client"),
    ]


CHANGES = [
    Change("donor-new", "/donors/new/", "officer", DONOR | {"code": "PER"}),
    Change("donor-edit", "/donors/CAN/edit/", "canada", DONOR),
    Change("pledge-new", "/pledges/new/", "fund_year canada", PLEDGE),
    Change("pledge-last-day", "/pledges/PLG-2026-0001/last-day/", "pledge", LAST_DAY),
    Change("pledge-withdraw", "/pledges/PLG-2026-0001/withdraw/", "pledge", REVERSAL),
    Change("pledge-lapse", "/pledges/PLG-2026-0001/lapse/", "pledge", REVERSAL),
    Change("payee-new", "/payees/new/", "officer", {"name": "Wings"}),
    Change("payee-edit", "/payees/WINGS/edit/", "payee", {"name": "Wings Ltd", "country": "GTM"}),
    Change("payee-bank-details-new", "/payees/WINGS/bank-details/new/", "payee", DETAILS),
    Change("payee-screening-new", "/payees/WINGS/screenings/new/", "payee", SCREENING),
    Change("payee-match-clear", "/payees/WINGS/screenings/clear/", "match", REVERSAL, "approver_client"),
    Change("donor-bank-details-new", "/donors/CAN/bank-details/new/", "canada", DETAILS),
    Change("donor-screening-new", "/donors/CAN/screenings/new/", "canada", SCREENING),
    Change("donor-match-clear", "/donors/CAN/screenings/clear/", "donor_match", REVERSAL, "approver_client"),
    Change("bank-details-approve", "/bank-details/BNK-2026-0001/approve/", "details", {}, "approver_client", once=True),
    Change("bank-details-reject", "/bank-details/BNK-2026-0001/reject/", "details", REASON, "approver_client"),
    Change("agreement-new", "/agreements/new/", "fund_year canada", AGREEMENT | {"amount_1": "USD"}),
    Change("agreement-cancel", "/agreements/AGR-2026-0001/cancel/", "agreement", REVERSAL),
    Change("agreement-amend", "/agreements/AGR-2026-0001/amend/", "agreement", AMENDMENT),
    *decisions("agreement", "/agreements/AGR-2026-0001/", "prepared_agreement"),
    *decisions("amendment", "/agreements/AGR-2026-0001/amendments/1/", "prepared_amendment"),
    *decisions("cancellation", "/agreements/AGR-2026-0001/cancellations/1/", "prepared_cancellation"),
    Change("milestone-new", "/agreements/AGR-2026-0001/milestones/new/", "conditional", MILESTONE),
    Change("milestone-accept", "/agreements/AGR-2026-0001/milestones/1/accept/", "milestone", ACCEPTANCE),
    Change("milestone-reverse", "/agreements/AGR-2026-0001/milestones/1/reverse/", "milestone", REVERSAL),
    Change("receipt-new", "/receipts/new/?agreement=AGR-2026-0001", "agreement bank", RECEIPT),
    Change("receipt-new", "/receipts/new/?donor=CAN", "canada bank", RECEIPT),
    Change("receipt-reverse", "/receipts/RCT-2026-0001/reverse/", "receipt", REVERSAL),
    Change("deposit-new", "/receipts/new/deposit/", "bank", RECEIPT),
    Change("parts-new", "/receipts/new/parts/", "agreement bank", RECEIPT | PARTS),
    Change("receipt-identify", "/receipts/RCT-2026-0001/identify/", "agreement deposit", PARTS | {"on": "2026-03-09"}),
    Change("receipt-return", "/receipts/RCT-2026-0001/return/", "deposit", REVERSAL),
    Change("receipt-undo", "/receipts/RCT-2026-0001/undo/", "identified", REVERSAL),
    *decisions("deposit-return", "/receipts/RCT-2026-0001/returns/1/", "prepared_return"),
    Change("deposit-return-reverse", "/receipts/RCT-2026-0001/returns/1/reverse/", "returned", REVERSAL),
    Change("application-new", "/unapplied/new/?of=AGR-2026-0001/2", "overpaid", APPLICATION),
    Change("application-reverse", "/unapplied/APL-2026-0001/reverse/", "application", REVERSAL),
    Change("letter-new", f"/letters/new/?{urlencode(LETTER)}", "agreement", LETTER),
    Change("letter-withdraw", "/letters/LTR-2026-0001/withdraw/", "letter", REVERSAL | {"on": "2026-06-15"}),
    Change("project-new", "/projects/new/", "officer", PROJECT | {"code": "TRN"}),
    Change("project-edit", "/projects/CYB-01/edit/", "project", PROJECT),
    Change("allocation-new", "/allocations/new/", "receipt project", ALLOCATION),
    Change("allocation-reverse", "/allocations/ALC-2026-0001/reverse/", "allocation", REVERSAL),
    *decisions("allocation", "/allocations/ALC-2026-0001/", "prepared_allocation"),
    Change("allocation-return", "/allocations/return/", "allocation", ALLOCATION),
    Change("allocation-move", "/allocations/move/", "allocation border", MOVE),
    Change("obligation-new", "/obligations/new/", "allocation", OBLIGATION),
    Change("obligation-cancel", "/obligations/OBL-2026-0001/cancel/", "obligation", CANCELLATION),
    Change("budget-new", "/projects/CYB-01/budgets/new/", "fund_year project", BUDGET),
    Change("project-close-operations", "/projects/CYB-01/close-operations/", "project", {"on": "2026-06-01"}),
    Change("project-close-accounts", "/projects/CYB-01/close-accounts/", "stopped", {"on": "2026-06-01"}),
    Change("project-reopen", "/projects/CYB-01/reopen/", "stopped", REASON),
    Change("disbursement-new", "/disbursements/new/", "allocation", PAYMENT | {"lines-0-category": "Travel"}),
    *decisions("disbursement", "/disbursements/DSB-2026-0001/", "disbursement"),
    *decisions("reversal", "/approvals/reversals/DSB-2026-0001/V1/", "prepared_reversal"),
    Change("disbursement-reverse", "/disbursements/DSB-2026-0001/reverse/", "paid", REVERSAL),
    Change("advance-new", "/advances/new/", "allocation partner", ADVANCE),
    Change("advance-approve", "/advances/ADV-2026-0001/approve/", "advance", {}, "approver_client", once=True),
    Change("advance-reject", "/advances/ADV-2026-0001/reject/", "advance", REASON, "approver_client"),
    Change("advance-reverse", "/advances/ADV-2026-0001/reverse/", "sent", REVERSAL),
    Change("advance-report-new", "/advances/ADV-2026-0001/reports/new/", "sent", REPORT),
    Change(
        "advance-report-review", "/advances/ADV-2026-0001/reports/1/review/", "report", REVIEW, "approver_client"
    ),
    Change(
        "advance-report-reject", "/advances/ADV-2026-0001/reports/1/reject/", "report", REASON, "approver_client"
    ),
    Change("advance-report-reverse", "/advances/ADV-2026-0001/reports/1/reverse/", "accepted", REVERSAL),
    Change("advance-return-new", "/advances/ADV-2026-0001/returns/new/", "sent", BACK),
    Change("advance-return-reverse", "/advances/ADV-2026-0001/returns/1/reverse/", "came_back", REVERSAL),
    Change("bank-account-new", "/bank-accounts/new/", "fund_year", {"code": "B-1", "name": "Bank", "currency": "USD"}),
    Change("rate-new", "/rates/new/", "fund_year", {"currency": "CAD", "effective_on": "2026-01-01", "rate": "0.7"}),
    Change("year-list", "/years/", "officer", {"year": "2027"}),
    Change("closing-list", "/closing/", "fund_year", {"period": "2026-01"}),
    Change("delegation-list", "/delegations/", "officer", LEAVE, "approver_client"),
    Change("delegation-end", "/delegations/1/end/", "delegation", {}, "approver_client"),
    Change("revaluation-new", "/revaluations/new/?month=2026-03", "cad_agreement", {"month": "2026-03"}),
    Change("revaluation-reverse", "/revaluations/REV-2026-03/reverse/", "revaluation", REVERSAL),
    Change("recovery-new", "/indirect-cost/new/?month=2026-03", "spent_by_terms", {"month": "2026-03"}),
    Change("recovery-reverse", "/indirect-cost/ICR-2026-03/reverse/", "recovery", REVERSAL),
    Change("recovery-terms", "/sub-funds/POOL/indirect-cost/", "fund_year", TERMS),
    Change("interest-new", f"/interest/new/?{urlencode(INTEREST)}", "receipt", INTEREST),
    Change("interest-reverse", "/interest/INT-2026-03/reverse/", "interest", REVERSAL),
    Change("no-interest", "/interest/none/", "bank", NO_INTEREST),
    Change("bank-charge-new", f"/bank-charges/new/?{urlencode(CHARGE)}", "receipt", CHARGE),
    Change("bank-charge-reverse", "/bank-charges/BCH-2026-0001/reverse/", "bank_charge", REVERSAL),
    Change("bank-reconciliation-new", "/bank-reconciliations/new/", "receipt", STATEMENT),
    Change(
        "bank-reconciliation-withdraw", "/bank-reconciliations/BRC-2026-0001/withdraw/", "reconciliation", REVERSAL
    ),
    Change("transfer-new", f"/transfers/new/?{urlencode(TRANSFER)}", "receipt other_bank", TRANSFER),
    Change("transfer-reverse", "/transfers/TRF-2026-0001/reverse/", "transfer", REVERSAL),
    Change("in-kind-new", "/in-kind/new/", "fund_year canada project", IN_KIND | {"amount_1": "USD"}),
    Change("in-kind-reverse", "/in-kind/INK-2026-0001/reverse/", "in_kind", REVERSAL),
    Change("secretariat-payment-new", "/secretariat-payments/new/", "recovery", PAYS),
    *decisions("secretariat-payment", "/secretariat-payments/SEC-2026-0001/", "payment"),
    Change("secretariat-payment-reverse", "/secretariat-payments/SEC-2026-0001/reverse/", "paid_payment", REVERSAL),
    Change("write-off-new", "/write-offs/new/?agreement=AGR-2026-0001", "agreement", OF_INSTALMENT),
    Change("write-off-approve", "/write-offs/WOF-2026-0001/approve/", "write_off", {}, "approver_client", once=True),
    Change("write-off-reject", "/write-offs/WOF-2026-0001/reject/", "write_off", REASON, "approver_client"),
    Change("write-off-reverse", "/write-offs/WOF-2026-0001/reverse/", "lost", REVERSAL),
    Change("refund-new", "/refunds/new/?agreement=AGR-2026-0001", "receipt", GOES_BACK),
    Change("refund-approve", "/refunds/RFD-2026-0001/approve/", "refund", {}, "approver_client", once=True),
    Change("refund-reject", "/refunds/RFD-2026-0001/reject/", "refund", REASON, "approver_client"),
    Change("refund-pay", "/refunds/RFD-2026-0001/pay/", "agreed", OUT_OF),
    Change("refund-reverse", "/refunds/RFD-2026-0001/reverse/", "agreed", REVERSAL),
    Change("manual-entry-new", "/manual-entries/new/", "receipt", BY_HAND),
    Change(
        "manual-entry-approve",
        "/manual-entries/MAN-2026-0001/approve/",
        "manual_entry",
        {},
        "approver_client",
        once=True,
    ),
    Change("manual-entry-reject", "/manual-entries/MAN-2026-0001/reject/", "manual_entry", REASON, "approver_client"),
    Change("manual-entry-reverse", "/manual-entries/MAN-2026-0001/reverse/", "entered", REVERSAL),
    Change("books-check", "/period-end/check/", "fund_year", {"month": "2026-01"}),
    Change("attachment-withdraw", "/attachments/AGR-2026-0001/1/withdraw/", "attachment", REASON),
]  # fmt: skip
