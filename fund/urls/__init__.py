"""Addresses of the fund's pages, one module of them per part of the navigation."""

from django.urls import include, path

from fund.views import overview

app_name = "fund"

urlpatterns = [
    path("", overview.Overview.as_view(), name="overview"),
    path("", include("fund.urls.contributions")),
    path("", include("fund.urls.programme")),
    path("", include("fund.urls.payees")),
    path("", include("fund.urls.advances")),
    path("", include("fund.urls.runs")),
    path("", include("fund.urls.books")),
    path("", include("fund.urls.corrections")),
    path("", include("fund.urls.attachments")),
]
