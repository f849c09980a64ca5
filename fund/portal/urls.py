"""Addresses of the donors' statements."""

from django.urls import path

from fund.portal.views import DonorStatementPage, OwnStatementPage

app_name = "portal"

urlpatterns = [
    path("statement/", OwnStatementPage.as_view(), name="statement"),
    path("donors/<str:code>/statement/", DonorStatementPage.as_view(), name="donor-statement"),
]
