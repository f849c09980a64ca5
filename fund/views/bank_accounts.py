"""The fund's bank accounts."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from fund.forms.treasury import BankAccountForm
from fund.models import BankAccount
from fund.operations.treasury import add_bank_account
from fund.queries.bank_accounts import bank_balances
from fund.views.pages import FormPage, PlainPage


class BankAccountList(PlainPage):
    """Every bank account with what it holds."""

    template_name = "fund/bank_account_list.html"
    permission_required = "fund.view_bankaccount"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        balances = bank_balances()
        carried = sum(balance.carried for balance in balances)
        return super().get_context_data(balances=balances, carried=carried, **context)


class BankAccountNew(FormPage):
    """The form of a new bank account."""

    template_name = "fund/form.html"
    permission_required = "fund.add_bankaccount"
    extra_context = {
        "title": _("New bank account"),
        "back": (_("Bank accounts"), reverse_lazy("fund:bank-account-list")),
        "submit": _("Add bank account"),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return BankAccountForm(data)

    def act(self, form: Any, formsets: list[Any]) -> BankAccount:
        return add_bank_account(**form.cleaned_data, by=self.user)
