"""Addresses of the payees' pages, and of what payees and donors have in common."""

from typing import Any

from django.urls import URLPattern, path

from fund.models import Donor, Payee
from fund.views import payees, recipients


def _of(noun: str, model: Any) -> list[URLPattern]:
    """Bank details and screenings, begun from the page of a payee or a donor."""
    place = f"{noun}s/<slug:code>/"
    return [
        path(
            f"{place}bank-details/new/",
            recipients.BankDetailsNew.as_view(model=model),
            name=f"{noun}-bank-details-new",
        ),
        path(f"{place}screenings/new/", recipients.ScreeningNew.as_view(model=model), name=f"{noun}-screening-new"),
        path(f"{place}screenings/clear/", recipients.MatchClear.as_view(model=model), name=f"{noun}-match-clear"),
    ]


_DETAILS = "bank-details/<slug:number>/"

urlpatterns = [
    path("payees/", payees.PayeeList.as_view(), name="payee-list"),
    path("payees/new/", payees.PayeeNew.as_view(), name="payee-new"),
    path("payees/<slug:code>/", payees.PayeeDetail.as_view(), name="payee"),
    path("payees/<slug:code>/edit/", payees.PayeeEdit.as_view(), name="payee-edit"),
    *_of("payee", Payee),
    *_of("donor", Donor),
    path(_DETAILS, recipients.BankDetailsPage.as_view(), name="bank-details"),
    path(f"{_DETAILS}approve/", recipients.BankDetailsApprove.as_view(), name="bank-details-approve"),
    path(f"{_DETAILS}reject/", recipients.BankDetailsReject.as_view(), name="bank-details-reject"),
]
