"""Statements of banks: reconciled with the books, shown as a comparison, withdrawn."""

from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet
from django.utils.translation import gettext_lazy as _

from fund.filters.records import StatementFilter
from fund.forms.reconciliations import DifferenceLines, ReconciliationForm, to_differences
from fund.models import BankAccount, BankReconciliation
from fund.operations.reconciliations import record_reconciliation, withdraw_reconciliation
from fund.queries.reconciliations import book_balance, has_moved
from fund.views.corrections import ReversalPage
from fund.views.pages import DocumentPage, FormPage, find_asked
from fund.views.records import RecordList, find_records
from fund.views.runs import describe_new
from ledger.queries import functional_currency


class ReconciliationList(RecordList):
    """Every statement, the latest first."""

    model = BankReconciliation
    filterset_class = StatementFilter


class ReconciliationDetail(DocumentPage[BankReconciliation]):
    """The bank's balance, the lines and the books' balance; and whether the books still have it."""

    template_name = "fund/bank_reconciliation_detail.html"
    permission_required = "fund.view_bankreconciliation"

    def get_queryset(self) -> QuerySet[BankReconciliation]:
        return find_records(BankReconciliation)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found: Any = self.object
        moved = has_moved(found) and not found.withdrawn_on
        register = f"{found.bank_account.get_absolute_url()}?until={found.dated_on}"
        return super().get_context_data(held=found.held, has_moved=moved, register_url=register, **context)


class ReconciliationNew(FormPage):
    """The form of a statement, with what the books have in the account that day where both are known."""

    template_name = "fund/bank_reconciliation_form.html"
    permission_required = "fund.add_bankreconciliation"
    extra_context = describe_new(
        BankReconciliation,
        submit=_("Record"),
        busy=_("Recording…"),
        lead=_("The bank's balance and what explains a difference make the books' balance. It posts nothing."),
        lines={
            "title": _("What explains a difference"),
            "total_field": "amount",
            "add_label": _("Add a line"),
            "help": _(
                "Payments that the bank has not debited yet, with a minus; deposits that it has not credited yet. What "
                "the books lack is posted first."
            ),
        },
    )

    @cached_property
    def asked(self) -> dict[str, str]:
        """The account and the day, as they were chosen or come in the address."""
        return (self.request.POST or self.request.GET).dict()

    @cached_property
    def account(self) -> BankAccount | None:
        return find_asked(BankAccount.objects.all(), self.asked.get("bank_account"), field="code")

    def make_form(self, data: Any = None) -> forms.Form:
        return ReconciliationForm(data, initial=self.request.GET.dict())

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        currency = self.account.currency if self.account else functional_currency()
        return [DifferenceLines(data, prefix="lines", form_kwargs={"currency": currency})]

    def act(self, form: Any, formsets: list[Any]) -> BankReconciliation:
        lines = to_differences(formsets[0])
        return record_reconciliation(
            statement=form.to_statement(), lines=lines, note=form.cleaned_data["note"], by=self.user
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        day = _read_day(self.asked.get("dated_on", ""))
        if self.account and day:
            context |= {"account": self.account, "day": day, "held": book_balance(self.account, day)}
        return super().get_context_data(**context)


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class ReconciliationWithdraw(ReversalPage):
    """Withdraws a reconciliation that was wrong."""

    model = BankReconciliation
    operation = staticmethod(withdraw_reconciliation)
    permission_required = "fund.change_bankreconciliation"
    title = _("Withdraw %(number)s")
    success_message = _("{} is withdrawn.")
    extra_context = {
        "submit": _("Withdraw"),
        "danger": True,
        "lead": _("It stays on record, and another one of that day may be recorded."),
    }
