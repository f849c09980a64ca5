"""Deposits: recorded without a sender or in parts, and identified; what was a mistake is undone."""

from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.deposits import DepositForm, IdentifyForm, PartLines, PartsForm, place_choices
from fund.models import BankAccount, Decided, Receipt
from fund.money import to_amount
from fund.operations.deposits import (
    identify_deposit,
    record_deposit,
    record_parts,
    undo_placement,
)
from fund.queries.receipts import find_waiting_return
from fund.views.corrections import DocumentFormPage, OneAtATime, ReversalPage
from fund.views.pages import FormPage
from fund.views.receipts import ReceiptRecord
from ledger.queries import functional_currency

_LINES = {
    "title": _("What it is of"),
    "total_field": "amount",
    "add_label": _("Add a part"),
    "help": _(
        "Amounts are in the deposit's currency and add up to it; one part alone may leave its amount empty. “Settles” "
        "is for an agreement in another currency: what of it is settled, in that currency."
    ),
}


class DepositNew(ReceiptRecord):
    """A deposit whose sender is not identified."""

    extra_context = ReceiptRecord.extra_context | {
        "title": _("Deposit, sender not known"),
        "lead": _("It waits as a liability in GENERAL and is never income. Identify or return it later."),
    }
    success_message = _("{} is recorded. It waits to be identified.")

    def make_form(self, data: Any = None) -> forms.Form:
        return DepositForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Receipt:
        accept_twin = form.cleaned_data["accept_twin"]
        return record_deposit(facts=form.to_facts(), by=self.user, accept_twin=accept_twin)


class PartsPage(FormPage):
    """A form with the parts of a deposit."""

    def find_currency(self, data: Any) -> str:
        """The currency of the deposit."""
        raise TypeError(f"{type(self).__name__} has no deposit")

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        kwargs = {"places": place_choices(), "currency": self.find_currency(data)}
        return [PartLines(data, prefix="lines", form_kwargs=kwargs)]


class PartsNew(PartsPage, ReceiptRecord):
    """One deposit for several instalments or donors."""

    extra_context = ReceiptRecord.extra_context | {
        "title": _("Deposit in parts"),
        "lead": _("One line of the bank's statement, for several instalments or donors."),
        "lines": _LINES | {"target": "id_amount"},
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return PartsForm(data)

    def find_currency(self, data: Any) -> str:
        code = str(data.get("bank_account", "")) if data else ""
        # A code that cannot be printed names nothing.
        account = BankAccount.objects.filter(code=code).first() if code.isprintable() else None
        return account.currency if account else functional_currency()

    def act(self, form: Any, formsets: list[Any]) -> Receipt:
        facts = form.to_facts()
        ticks = {name: form.cleaned_data[name] for name in ("accept_excess", "accept_twin")}
        return record_parts(facts=facts, parts=formsets[0].to_parts(facts.amount), by=self.user, **ticks)


class ReceiptIdentify(OneAtATime, PartsPage, DocumentFormPage):
    """Says whose an unidentified deposit is."""

    model = Receipt
    template_name = "fund/receipt_identify.html"
    permission_required = "fund.change_receipt"
    title = _("Identify %(number)s")
    success_message = _("{} is identified.")
    extra_context = {
        "submit": _("Identify and post"),
        "busy": _("Posting…"),
        "lines": _LINES | {"target": "id_whole"},
    }

    def find_waiting(self) -> Decided | None:
        return find_waiting_return(self.document)

    def make_form(self, data: Any = None) -> forms.Form:
        return IdentifyForm(data)

    def find_currency(self, data: Any) -> str:
        return to_amount(self.document.amount).currency

    def act(self, form: Any, formsets: list[Any]) -> Receipt:
        receipt: Receipt = self.document
        parts = formsets[0].to_parts(to_amount(receipt.amount))
        identify_deposit(receipt, parts=parts, **form.cleaned_data, by=self.user)
        return receipt

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        days = (timezone.localdate() - self.document.received_on).days
        whole = f"{to_amount(self.document.amount).decimal:f}"
        return super().get_context_data(days=days, whole=whole, **context)


class ReceiptUndo(ReversalPage):
    """Undoes an identification that was a mistake."""

    model = Receipt
    operation = staticmethod(undo_placement)
    permission_required = "fund.change_receipt"
    title = _("Undo what became of %(number)s")
    success_message = _("{} waits to be identified again.")
    extra_context = {
        "submit": _("Undo"),
        "busy": _("Posting…"),
        "danger": True,
        "lead": _("The opposite entry is posted, and the deposit waits to be identified again."),
    }
