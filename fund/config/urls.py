"""Every address of the site."""

from django.urls import include, path

handler500 = "fund.views.failures.server_error"

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("fund.portal.urls")),
    path("", include("fund.urls")),
    path("reports/", include("reports.urls")),
]
