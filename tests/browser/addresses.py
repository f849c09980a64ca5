"""Every address of the site: which of them are pages, who reads each, and with what in the small fund."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.browser.small_fund import YEAR


class Address(NamedTuple):
    """A page's address: the name of its pattern, what it names, its query, and who reads it."""

    name: str
    args: tuple[str, ...] = ()
    query: str = ""
    reader: str = "officer"

    @property
    def url(self) -> str:
        """The address itself."""
        path = reverse(self.name, args=self.args)
        return f"{path}?{self.query}" if self.query else path


PLEDGE, AGREEMENT, UNPAID = f"PLG-{YEAR}-0001", f"AGR-{YEAR}-0001", f"AGR-{YEAR}-0002"
CONDITIONAL = f"AGR-{YEAR}-0004"
RECEIPT, ALLOCATION = f"RCT-{YEAR}-0001", f"ALC-{YEAR}-0001"
DEPOSIT, RETURNED, IN_PARTS = f"RCT-{YEAR}-0003", f"RCT-{YEAR}-0004", f"RCT-{YEAR}-0005"
GOING_BACK = f"RCT-{YEAR}-0006"
SMALL, APPLICATION = f"AGR-{YEAR}-0003", f"APL-{YEAR}-0001"
LETTER = f"LTR-{YEAR}-0001"
OBLIGATION = f"OBL-{YEAR}-0001"
GIVEN_UP = f"AGR-{YEAR}-0006"
UNDECIDED, RETURN = f"AGR-{YEAR}-0005", f"ALC-{YEAR}-0002"
TWICE = f"ALC-{YEAR}-0003"
PAID, PREPARED = f"DSB-{YEAR}-0001", f"DSB-{YEAR}-0002"
PAYEE, DETAILS = "INSTRUCTORS-LTD", f"BNK-{YEAR}-0002"
SENT, UNSENT = f"ADV-{YEAR}-0001", f"ADV-{YEAR}-0002"
LOST, PREPARED_LOSS = f"WOF-{YEAR}-0001", f"WOF-{YEAR}-0002"
TO_PAY, PREPARED_REFUND = f"RFD-{YEAR}-0001", f"RFD-{YEAR}-0002"
ENTERED, PREPARED_ENTRY = f"MAN-{YEAR}-0001", f"MAN-{YEAR}-0002"
OPENED = f"OPB-{YEAR}-0001"

CONTRIBUTIONS = (
    Address("fund:donor-list"),
    Address("fund:donor-list", query="q=nobody"),
    Address("fund:donor-new"),
    Address("fund:donor", ("CAN",)),
    Address("fund:donor-edit", ("CAN",)),
    Address("fund:pledge-list"),
    Address("fund:pledge-new"),
    Address("fund:pledge", (PLEDGE,)),
    Address("fund:pledge-last-day", (PLEDGE,)),
    Address("fund:pledge-withdraw", (PLEDGE,)),
    Address("fund:pledge-lapse", (PLEDGE,)),
    Address("fund:donor-bank-details-new", ("CAN",)),
    Address("fund:donor-screening-new", ("CAN",)),
    Address("fund:donor-match-clear", ("CAN",), reader="approver"),
    Address("fund:agreement-list"),
    Address("fund:agreement-new"),
    Address("fund:agreement-new", query=f"pledge={PLEDGE}"),
    Address("fund:agreement", (AGREEMENT,)),
    Address("fund:agreement-cancel", (UNPAID,)),
    Address("fund:agreement", (UNDECIDED,), reader="approver"),
    Address("fund:agreement-reject", (UNDECIDED,), reader="approver"),
    Address("fund:agreement", (CONDITIONAL,)),
    Address("fund:agreement-amend", (CONDITIONAL,)),
    Address("fund:amendment", (CONDITIONAL, "1")),
    Address("fund:amendment", (AGREEMENT, "1"), reader="approver"),
    Address("fund:amendment-reject", (AGREEMENT, "1"), reader="approver"),
    Address("fund:cancellation", (GIVEN_UP, "1"), reader="approver"),
    Address("fund:cancellation-reject", (GIVEN_UP, "1"), reader="approver"),
    Address("fund:milestone-new", (CONDITIONAL,)),
    Address("fund:milestone", (CONDITIONAL, "1")),
    Address("fund:milestone", (CONDITIONAL, "2"), reader="auditor"),
    Address("fund:milestone-accept", (CONDITIONAL, "2")),
    Address("fund:milestone-reverse", (CONDITIONAL, "1")),
    Address("fund:receipt-list"),
    Address("fund:receipt-new"),
    Address("fund:receipt-new", query=f"agreement={AGREEMENT}"),
    Address("fund:receipt-new", query="donor=CAN"),
    Address("fund:receipt", (RECEIPT,)),
    Address("fund:receipt-reverse", (RECEIPT,)),
    Address("fund:deposit-new"),
    Address("fund:parts-new"),
    Address("fund:receipt", (IN_PARTS,)),
    Address("fund:receipt", (DEPOSIT,)),
    Address("fund:receipt-identify", (DEPOSIT,)),
    Address("fund:receipt-return", (DEPOSIT,)),
    Address("fund:receipt-undo", (RETURNED,)),
    Address("fund:receipt", (GOING_BACK,)),
    Address("fund:deposit-return", (GOING_BACK, "1"), reader="approver"),
    Address("fund:deposit-return-reject", (GOING_BACK, "1"), reader="approver"),
    Address("fund:deposit-return-reverse", (RETURNED, "1")),
    Address("fund:application-list"),
    Address("fund:application-new", query=f"of={SMALL}/2"),
    Address("fund:application", (APPLICATION,)),
    Address("fund:application-reverse", (APPLICATION,)),
    Address("fund:ageing"),
    Address("fund:ageing", query=f"on={YEAR}-01-01"),
    Address("fund:letter-list"),
    Address("fund:letter-list", query="donor=ACME"),
    Address("fund:letter-new", query="donor=CAN"),
    Address("fund:letter", (LETTER,)),
    Address("fund:letter", (LETTER,), reader="auditor"),
    Address("fund:letter-withdraw", (LETTER,)),
)
PROGRAMME = (
    Address("fund:project-list"),
    Address("fund:project-new"),
    Address("fund:project", ("CYB-01",)),
    Address("fund:project-edit", ("CYB-01",)),
    Address("fund:budget-list", ("CYB-01",)),
    Address("fund:budget-new", ("CYB-01",)),
    Address("fund:project-close-operations", ("CYB-01",)),
    Address("fund:project-close-accounts", ("CYB-01",)),
    Address("fund:project-reopen", ("CYB-01",)),
    Address("fund:allocation-list"),
    Address("fund:allocation-new"),
    Address("fund:allocation-return", query="project=CYB-01"),
    Address("fund:allocation-move", query="source=CYB-01"),
    Address("fund:allocation", (ALLOCATION,)),
    Address("fund:allocation", (RETURN,), reader="approver"),
    Address("fund:allocation-reject", (RETURN,), reader="approver"),
    Address("fund:allocation-reverse", (ALLOCATION,)),
    Address("fund:allocation", (TWICE,)),
    Address("fund:reversal", (f"{TWICE}/V1",), reader="approver"),
    Address("fund:reversal-reject", (f"{TWICE}/V1",), reader="approver"),
    Address("fund:obligation-list"),
    Address("fund:obligation-new", query="project=CYB-01"),
    Address("fund:obligation", (OBLIGATION,)),
    Address("fund:obligation-cancel", (OBLIGATION,)),
    Address("fund:disbursement-list"),
    Address("fund:disbursement-new", query=f"obligation={OBLIGATION}"),
    Address("fund:disbursement-new"),
    Address("fund:disbursement", (PAID,)),
    Address("fund:disbursement", (PREPARED,), reader="approver"),
    Address("fund:disbursement-reject", (PREPARED,), reader="approver"),
    Address("fund:disbursement-reverse", (PAID,)),
    Address("fund:payee-list"),
    Address("fund:payee-new"),
    Address("fund:payee", (PAYEE,)),
    Address("fund:payee-edit", (PAYEE,)),
    Address("fund:payee-bank-details-new", (PAYEE,)),
    Address("fund:payee-screening-new", (PAYEE,)),
    Address("fund:payee-match-clear", (PAYEE,), reader="approver"),
    Address("fund:bank-details", (DETAILS,), reader="approver"),
    Address("fund:bank-details-reject", (DETAILS,), reader="approver"),
    Address("fund:advance-list"),
    Address("fund:advance-new", query="project=CYB-01"),
    Address("fund:advance-ageing", query=f"on={YEAR}-12-31"),
    Address("fund:advance", (SENT,)),
    Address("fund:advance", (UNSENT,), reader="approver"),
    Address("fund:advance-reject", (UNSENT,), reader="approver"),
    Address("fund:advance-reverse", (SENT,)),
    Address("fund:advance-report-new", (SENT,)),
    Address("fund:advance-report", (SENT, "1")),
    Address("fund:advance-report", (SENT, "2"), reader="approver"),
    Address("fund:advance-report-review", (SENT, "2"), reader="approver"),
    Address("fund:advance-report-reject", (SENT, "2"), reader="approver"),
    Address("fund:advance-report-reverse", (SENT, "1")),
    Address("fund:advance-return-new", (SENT,)),
    Address("fund:advance-return", (SENT, "1")),
    Address("fund:advance-return-reverse", (SENT, "1")),
    Address("fund:flow"),
    Address("fund:flow", query="donor=CAN&project=CYB-01"),
    Address("fund:flow", query=f"of={AGREEMENT}&since={YEAR}-03-01"),
    Address("fund:spent", query="what=Travel"),
    Address("fund:spent", query="what=Nothing"),
    Address("fund:payment-flow", (PAID,)),
    Address("fund:payment-flow", (PREPARED,)),
    Address("fund:payment-flow", (f"{SENT}/R1",)),
    Address("fund:recommendation-list"),
    Address("fund:recommendation", ("15",)),
    Address("fund:sub-fund-list"),
    Address("fund:sub-fund", ("POOL",)),
    Address("fund:sub-fund", (AGREEMENT,)),
)
BOOKS = (
    Address("fund:overview"),
    Address("fund:overview", reader="approver"),
    Address("fund:entry-list"),
    Address("fund:entry-list", reader="auditor"),
    Address("fund:entry", (f"JE-{YEAR}-000002",)),
    Address("fund:trial-balance"),
    Address("fund:account", ("Assets:Bank:CITI-USD",)),
    Address("fund:bank-account-list"),
    Address("fund:bank-account-new"),
    Address("fund:rate-list"),
    Address("fund:rate-new"),
    Address("fund:year-list"),
    Address("fund:closing-list"),
    Address("fund:closing-list", reader="auditor"),
    Address("fund:opened-book-list"),
    Address("fund:opened-book", (OPENED,)),
    Address("fund:audit-record-list"),
    Address("fund:refusal-list", reader="auditor"),
    Address("fund:waiting-list", reader="approver"),
    Address("fund:delegation-list", reader="approver"),
)
CHARGED = f"bank_account=CITI-USD&charged_on={YEAR}-05-02&amount=1&description=Fees"
MOVED = f"source=CITI-USD&target=B-2&moved_on={YEAR}-05-02&amount=1&arrived=1"
PERIOD_END = (
    Address("fund:period-end"),
    Address("fund:period-end", reader="auditor"),
    Address("fund:books-check"),
    Address("fund:no-interest", query=f"bank_account=B-2&month={YEAR}-03"),
    Address("fund:revaluation-list"),
    Address("fund:revaluation-new", query=f"month={YEAR}-04"),
    Address("fund:revaluation", (f"REV-{YEAR}-03",)),
    Address("fund:revaluation-reverse", (f"REV-{YEAR}-03",)),
    Address("fund:recovery-list"),
    Address("fund:recovery-new", query=f"month={YEAR}-06"),
    Address("fund:recovery", (f"ICR-{YEAR}-05",)),
    Address("fund:recovery-reverse", (f"ICR-{YEAR}-05",)),
    Address("fund:recovery-terms", (AGREEMENT,)),
    Address("fund:interest-list"),
    Address("fund:interest-new"),
    Address("fund:interest-new", query=f"bank_account=CITI-USD&month={YEAR}-04&amount=10"),
    Address("fund:interest", (f"INT-{YEAR}-03",)),
    Address("fund:interest-reverse", (f"INT-{YEAR}-03",)),
    Address("fund:bank-charge-list"),
    Address("fund:bank-charge-new", query=CHARGED),
    Address("fund:bank-charge", (f"BCH-{YEAR}-0001",)),
    Address("fund:bank-charge-reverse", (f"BCH-{YEAR}-0001",)),
    Address("fund:bank-reconciliation-list"),
    Address("fund:bank-reconciliation-new", query=f"bank_account=CITI-USD&dated_on={YEAR}-04-30"),
    Address("fund:bank-reconciliation", (f"BRC-{YEAR}-0001",)),
    Address("fund:bank-reconciliation-withdraw", (f"BRC-{YEAR}-0001",)),
    Address("fund:transfer-list"),
    Address("fund:transfer-new", query=MOVED),
    Address("fund:transfer", (f"TRF-{YEAR}-0001",)),
    Address("fund:transfer-reverse", (f"TRF-{YEAR}-0001",)),
    Address("fund:in-kind-list"),
    Address("fund:in-kind-new"),
    Address("fund:in-kind", (f"INK-{YEAR}-0001",)),
    Address("fund:in-kind-reverse", (f"INK-{YEAR}-0001",)),
    Address("fund:secretariat-payment-list"),
    Address("fund:secretariat-payment-new"),
    Address("fund:secretariat-payment", (f"SEC-{YEAR}-0001",), reader="approver"),
    Address("fund:secretariat-payment-reject", (f"SEC-{YEAR}-0001",), reader="approver"),
    Address("fund:secretariat-payment-reverse", (f"SEC-{YEAR}-0002",)),
)
CORRECTIONS = (
    Address("fund:write-off-list"),
    Address("fund:write-off-new"),
    Address("fund:write-off-new", query=f"agreement={AGREEMENT}"),
    Address("fund:write-off", (LOST,)),
    Address("fund:write-off", (PREPARED_LOSS,), reader="approver"),
    Address("fund:write-off-reject", (PREPARED_LOSS,), reader="approver"),
    Address("fund:write-off-reverse", (LOST,)),
    Address("fund:refund-list"),
    Address("fund:refund-new"),
    Address("fund:refund-new", query=f"agreement={AGREEMENT}"),
    Address("fund:refund", (TO_PAY,)),
    Address("fund:refund", (PREPARED_REFUND,), reader="approver"),
    Address("fund:refund-reject", (PREPARED_REFUND,), reader="approver"),
    Address("fund:refund-pay", (TO_PAY,)),
    Address("fund:refund-reverse", (TO_PAY,)),
    Address("fund:manual-entry-list"),
    Address("fund:manual-entry-new"),
    Address("fund:manual-entry", (ENTERED,)),
    Address("fund:manual-entry", (PREPARED_ENTRY,), reader="approver"),
    Address("fund:manual-entry-reject", (PREPARED_ENTRY,), reader="approver"),
    Address("fund:manual-entry-reverse", (ENTERED,)),
)
ATTACHMENTS = (
    Address("fund:attachment-new", (AGREEMENT,)),
    Address("fund:attachment-withdraw", (AGREEMENT, "1")),
)
REPORTS = (
    Address("portal:statement", reader="donor"),
    Address("portal:donor-statement", ("CAN",)),
    Address("portal:flow", reader="donor"),
    Address("portal:donor-flow", ("CAN",)),
    Address("reports:index"),
    Address("reports:totals"),
    Address("reports:audit-workbook"),
    Address("reports:book"),
)
ACCOUNT = (
    Address("account_login", reader=""),
    Address("account_signup", reader=""),
    Address("account_inactive", reader=""),
    Address("account_email_verification_sent", reader=""),
    Address("account_confirm_email", ("no-such-key",), reader=""),
    Address("account_reset_password", reader=""),
    Address("account_reset_password_done", reader=""),
    Address("account_reset_password_from_key", ("1", "no-such-key"), reader=""),
    Address("account_reset_password_from_key_done", reader=""),
    Address("account_logout"),
    Address("account_reauthenticate"),
    Address("account_email"),
    Address("account_change_password"),
)
GROUPS = {
    "contributions": CONTRIBUTIONS,
    "programme": PROGRAMME,
    "period end": PERIOD_END,
    "books": BOOKS,
    "corrections": CORRECTIONS,
    "attachments": ATTACHMENTS,
    "reports": REPORTS,
    "account": ACCOUNT,
}

# These answer with a file or lead to another page.
NO_PAGES = frozenset(
    {
        "fund:agreement-approve",
        "fund:amendment-approve",
        "fund:cancellation-approve",
        "fund:reversal-approve",
        "fund:deposit-return-approve",
        "fund:allocation-approve",
        "fund:advance-approve",
        "fund:disbursement-approve",
        "fund:bank-details-approve",
        "fund:write-off-approve",
        "fund:refund-approve",
        "fund:manual-entry-approve",
        "fund:delegation-end",
        "fund:secretariat-payment-approve",
        "fund:attachment",
        "fund:certificate",
        "fund:letter-pdf",
        "portal:donor-letter",
        "reports:book-download",
        "reports:statement-xlsx",
        "account_set_password",
        "account_confirm_login_code",
    }
)


def address_names(patterns: Iterable[URLPattern | URLResolver] = (), namespace: str = "") -> Iterator[str]:
    """The name of every address that the site answers."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from address_names(pattern.url_patterns, inner)
