"""Every address of the site."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("fund.portal.urls")),
    path("", include("fund.urls")),
    path("reports/", include("reports.urls")),
]
