"""What every page of the officers knows: the navigation and the reader's role."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Group, and in it: label, route, the permission that shows it, and further routes that are found from there.
_NAVIGATION: tuple[tuple[Any, tuple[tuple[Any, ...], ...]], ...] = (
    (
        "",
        (
            (_("Overview"), "fund:overview", "view_agreement"),
            (_("Approvals"), "fund:waiting-list", "view_auditrecord", "fund:delegation-list"),
        ),
    ),
    (
        _("Contributions"),
        (
            (_("Donors"), "fund:donor-list", "view_donor"),
            (_("Pledges"), "fund:pledge-list", "view_pledge"),
            (_("Agreements"), "fund:agreement-list", "view_agreement"),
            (_("Receipts"), "fund:receipt-list", "view_receipt"),
            (_("Unapplied"), "fund:application-list", "view_application"),
            (_("Ageing"), "fund:ageing", "view_agreement"),
            (_("Reminders"), "fund:letter-list", "view_letter"),
            (_("Write-offs"), "fund:write-off-list", "view_writeoff"),
            (_("Refunds"), "fund:refund-list", "view_refund"),
            (_("In kind"), "fund:in-kind-list", "view_inkind"),
        ),
    ),
    (
        _("Programme"),
        (
            (_("Projects"), "fund:project-list", "view_project"),
            (_("Recommendations"), "fund:recommendation-list", "view_project"),
            (_("Allocations"), "fund:allocation-list", "view_allocation"),
            (_("Obligations"), "fund:obligation-list", "view_obligation"),
        ),
    ),
    (
        _("Payments"),
        (
            (_("Disbursements"), "fund:disbursement-list", "view_disbursement"),
            (_("Advances"), "fund:advance-list", "view_advance", "fund:advance-ageing"),
            (_("Payees"), "fund:payee-list", "view_payee"),
        ),
    ),
    (
        _("Banks"),
        (
            (_("Bank accounts"), "fund:bank-account-list", "view_bankaccount"),
            (_("Reconciliations"), "fund:bank-reconciliation-list", "view_bankreconciliation"),
            (_("Transfers"), "fund:transfer-list", "view_transfer"),
            (_("Interest"), "fund:interest-list", "view_interest"),
            (_("Bank charges"), "fund:bank-charge-list", "view_bankcharge"),
            (_("Rates"), "fund:rate-list", "view_exchangerate"),
        ),
    ),
    (
        _("Period end"),
        (
            (_("Checklist"), "fund:period-end", "view_auditrecord"),
            (_("Indirect cost"), "fund:recovery-list", "view_recovery"),
            (_("Paid to the Secretariat"), "fund:secretariat-payment-list", "view_secretariatpayment"),
            (_("Revaluations"), "fund:revaluation-list", "view_revaluation"),
            (_("Closing"), "fund:closing-list", "view_auditrecord", "fund:year-list"),
        ),
    ),
    (
        _("Books"),
        (
            (_("Journal"), "fund:entry-list", "view_auditrecord", "fund:opened-book-list"),
            (_("Manual entries"), "fund:manual-entry-list", "view_manualentry"),
            (_("Trial balance"), "fund:trial-balance", "view_auditrecord"),
            (_("Sub-funds"), "fund:sub-fund-list", "view_agreement"),
            (_("Audit trail"), "fund:audit-record-list", "view_auditrecord"),
        ),
    ),
    (
        _("Reports"),
        (
            (_("All reports"), "reports:index", "view_auditrecord"),
            (_("Follow the money"), "fund:flow", "view_agreement"),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The navigation that the reader's role allows, the role's name, the fund's title, a fresh key for each form."""
    # Templates call it: a page with two forms has two keys.
    context: dict[str, Any] = {"fund_title": settings.FUND_TITLE, "retry_key": uuid4}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    groups = ((label, _find_links(request, entries)) for label, entries in _NAVIGATION)
    context["navigation"] = [(label, links) for label, links in groups if links]
    context["role"] = ", ".join(user.groups.values_list("name", flat=True))
    return context


def _find_links(request: HttpRequest, entries: tuple[tuple[Any, ...], ...]) -> list[tuple[Any, str, bool]]:
    """The entries that the reader may see: label, address, and whether the page is that one or is found from it."""
    links = []
    for label, route, permission, *others in entries:
        if request.user.has_perm(f"fund.{permission}"):
            urls = [reverse(one) for one in (route, *others)]
            links.append((label, urls[0], any(_leads_to(url, request.path) for url in urls)))
    return links


def _leads_to(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
