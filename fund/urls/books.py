"""Addresses of the books pages."""

from django.urls import path, re_path

from fund.views import (
    accounts,
    audit_records,
    bank_accounts,
    closings,
    decisions,
    delegations,
    entries,
    opened_books,
    rates,
    years,
)

urlpatterns = [
    path("journal/", entries.EntryList.as_view(), name="entry-list"),
    path("journal/<slug:number>/", entries.EntryDetail.as_view(), name="entry"),
    path("trial-balance/", accounts.TrialBalancePage.as_view(), name="trial-balance"),
    re_path(r"^trial-balance/(?P<name>[A-Za-z0-9:-]+)/$", accounts.Register.as_view(), name="account"),
    path("bank-accounts/", bank_accounts.BankAccountList.as_view(), name="bank-account-list"),
    path("bank-accounts/new/", bank_accounts.BankAccountNew.as_view(), name="bank-account-new"),
    path("rates/", rates.RateList.as_view(), name="rate-list"),
    path("rates/new/", rates.RateNew.as_view(), name="rate-new"),
    path("years/", years.YearList.as_view(), name="year-list"),
    path("closing/", closings.ClosingList.as_view(), name="closing-list"),
    re_path(
        r"^closing/(?P<period>[0-9]{4}(?:-[0-9]{2})?)/certificate/$",
        closings.CertificateDownload.as_view(),
        name="certificate",
    ),
    path("opened-books/", opened_books.OpenedBookList.as_view(), name="opened-book-list"),
    path("opened-books/<slug:number>/", opened_books.OpenedBookDetail.as_view(), name="opened-book"),
    path("approvals/", decisions.WaitingList.as_view(), name="waiting-list"),
    path("delegations/", delegations.DelegationList.as_view(), name="delegation-list"),
    path("delegations/<int:pk>/end/", delegations.DelegationEnd.as_view(), name="delegation-end"),
    path("audit-trail/", audit_records.AuditRecordList.as_view(), name="audit-record-list"),
    path("audit-trail/refusals/", audit_records.RefusalList.as_view(), name="refusal-list"),
]
