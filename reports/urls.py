"""Addresses of the reports."""

from django.urls import path

from reports.views import (
    AuditWorkbookPage,
    BookDownload,
    BookPage,
    ReportsPage,
    StatementDownload,
    TotalsPage,
)

app_name = "reports"

urlpatterns = [
    path("", ReportsPage.as_view(), name="index"),
    path("totals/", TotalsPage.as_view(), name="totals"),
    path("audit-workbook/", AuditWorkbookPage.as_view(), name="audit-workbook"),
    path("book/", BookPage.as_view(), name="book"),
    path("book/download/", BookDownload.as_view(), name="book-download"),
    path("statements/<str:code>.xlsx", StatementDownload.as_view(), name="statement-xlsx"),
]
