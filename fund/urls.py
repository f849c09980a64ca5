"""The fund's addresses."""

from django.urls import path
from django.views.generic import RedirectView

app_name = "fund"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="account_login"), name="overview"),
]
