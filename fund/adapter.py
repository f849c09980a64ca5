"""How people come to have an account."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by the fund; nobody makes their own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
