"""What partners return of advances: recorded when the bank has it, reversed when it was a mistake."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from fund.forms.advances import ReturnForm
from fund.models import Advance, AdvanceReturn, BankAccount
from fund.operations.advance_returns import Back, record_return, reverse_return
from fund.queries.advances import add_open
from fund.views.corrections import DocumentFormPage, ReversalPage
from fund.views.pages import DocumentPage
from ledger.errors import Refused


class ReturnNew(DocumentFormPage):
    """The form of what came back, on its advance."""

    model = Advance
    permission_required = "fund.add_advancereturn"
    title = _("Return of %(number)s")
    success_message = _("{} is recorded.")
    aliases = {"lines": "note"}
    extra_context = {
        "submit": _("Record and post"),
        "busy": _("Posting…"),
        "lead": _("What the partner did not spend, as the bank has it: at first all that is open."),
    }

    @cached_property
    def open_lines(self) -> list[Any]:
        """The lines of the advance of which something is open."""
        return [line for line in add_open([self.document])[0].rows if line.open > 0]

    def make_form(self, data: Any = None) -> forms.Form:
        initial = {"bank_account": self.document.bank_account.code}
        currency = str(self.document.amount.currency)
        return ReturnForm(data, lines=self.open_lines, currency=currency, initial=initial)

    def add_refusal(
        self, refusal: Refused | forms.ValidationError, form: forms.Form, formsets: list[BaseFormSet[Any]]
    ) -> None:
        if isinstance(form, ReturnForm) and getattr(refusal, "field", "") == "accept_twin":
            form.ask_for_twin()
        super().add_refusal(refusal, form, formsets)

    def act(self, form: Any, formsets: list[Any]) -> AdvanceReturn:
        facts = form.cleaned_data
        lines = facts.pop("lines")
        account = BankAccount.objects.get(code=facts.pop("bank_account"))
        return record_return(self.document, back=Back(account, **facts), lines=lines, by=self.user)


class ReturnDetail(DocumentPage[AdvanceReturn]):
    """A return: where it arrived, of which lines, its entries."""

    model = AdvanceReturn
    queryset = AdvanceReturn.objects.select_related("advance__partner", "bank_account", "created_by")
    template_name = "fund/advance_return_detail.html"
    permission_required = "fund.view_advancereturn"

    def get_object(self, queryset: QuerySet[AdvanceReturn] | None = None) -> AdvanceReturn:
        named = {"advance__number": self.kwargs["number"], "position": self.kwargs["position"]}
        return get_object_or_404(self.get_queryset(), **named)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = self.object.lines.select_related("line__project")
        return super().get_context_data(lines=lines, **context)


class ReturnReverse(ReversalPage):
    """Reverses a return that was a mistake."""

    model = AdvanceReturn
    operation = staticmethod(reverse_return)
    permission_required = "fund.change_advancereturn"

    @cached_property
    def document(self) -> Any:
        named = {"advance__number": self.kwargs["number"], "position": self.kwargs["position"]}
        return get_object_or_404(AdvanceReturn, **named)
