"""Addresses of the donors' statements."""

from django.urls import path

from fund.portal.views import DonorFlowPage, DonorLetter, StatementPage

app_name = "portal"

urlpatterns = [
    path("statement/", StatementPage.as_view(), name="statement"),
    path("donors/<str:code>/statement/", StatementPage.as_view(), name="donor-statement"),
    path("statement/flow/", DonorFlowPage.as_view(), name="flow"),
    path("donors/<str:code>/flow/", DonorFlowPage.as_view(), name="donor-flow"),
    path("donors/<str:code>/letters/<slug:number>/", DonorLetter.as_view(), name="donor-letter"),
]
