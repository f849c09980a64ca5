"""Bank accounts as commands name them."""

from django.core.management import CommandError

from fund.models import BankAccount


def find_bank_account(code: str) -> BankAccount:
    """The bank account with a code. Raises CommandError, which names those there are."""
    found = BankAccount.objects.filter(code=code).first()
    if found is None:
        there = ", ".join(BankAccount.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f"No bank account is called {code}. There are: {there}.")
    return found
