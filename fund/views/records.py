"""Lists and pages of runs, of what banks gave and took, of transfers and of what came in kind, and their reversal."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.filters.records import RecordFilter
from fund.models import (
    BankCharge,
    BankReconciliation,
    Decided,
    Document,
    InKind,
    Interest,
    ManualEntry,
    Recovery,
    Refund,
    Revaluation,
    SecretariatPayment,
    Transfer,
    WriteOff,
)
from fund.operations.reversals import reverse_run
from fund.queries.records import add_facts
from fund.views.corrections import ReversalPage
from fund.views.pages import DocumentPage, ListPage

# What each kind is called: its list, the button for a new one, what an empty list says.
TITLES: dict[type[Document], tuple[Promise, Promise, Promise]] = {
    Revaluation: (
        _("Revaluations"),
        _("Revalue a month"),
        _("At a month's end, money in other currencies is carried at the closing rate."),
    ),
    Recovery: (
        _("Indirect cost"),
        _("Charge a month"),
        _("Set the terms of an agreement on its page; then charge the months that are over."),
    ),
    Interest: (_("Interest"), _("Record interest"), _("Record what a bank paid for a month: it is shared by balance.")),
    BankReconciliation: (
        _("Reconciliations"),
        _("Reconcile a statement"),
        _("Compare what a bank's statement says with the books."),
    ),
    BankCharge: (_("Bank charges"), _("Record a charge"), _("Record what a bank takes by itself.")),
    Transfer: (_("Transfers"), _("Record a transfer"), _("Record money that went between the fund's own accounts.")),
    InKind: (
        _("In kind"),
        _("Record a contribution"),
        _("Record goods and services that are given, at fair value."),
    ),
    SecretariatPayment: (
        _("Paid to the Secretariat"),
        _("Prepare a payment"),
        _("What is charged for indirect cost is owed to the Secretariat until it is paid."),
    ),
    WriteOff: (
        _("Write-offs"),
        _("Prepare a write-off"),
        _("What of an agreement will not be paid is written off once another person approves."),
    ),
    Refund: (
        _("Refunds"),
        _("Prepare a refund"),
        _("What a donor asks back, out of what is unspent or unapplied, goes back once another person approves."),
    ),
    ManualEntry: (
        _("Manual entries"),
        _("Prepare a manual entry"),
        _("For what no other document fits: an entry line by line, once another person approves."),
    ),
}
_RELATED: dict[type[Document], tuple[str, ...]] = {
    Interest: ("bank_account",),
    BankCharge: ("bank_account",),
    BankReconciliation: ("bank_account",),
    SecretariatPayment: ("bank_account",),
    Transfer: ("source", "target"),
    InKind: ("donor", "project"),
    WriteOff: ("agreement__donor",),
    Refund: ("agreement__donor", "source", "bank_account"),
}

_LINES: dict[type[Document], tuple[str, ...]] = {
    Recovery: ("lines__project",),
    InKind: (),
    Refund: (),
    WriteOff: ("lines__instalment",),
    ManualEntry: ("lines__project",),
}


def find_records(model: type[Document]) -> QuerySet[Any]:
    """The documents of a kind, with what their lists and pages name."""
    found: QuerySet[Any] = model._default_manager.select_related("created_by", *_RELATED.get(model, ()))
    return found.prefetch_related(*_LINES.get(model, ("lines",)))


def permission_name(verb: str, model: type[Document]) -> str:
    """The permission to do something to a kind of document."""
    return f"fund.{verb}_{model._meta.model_name}"


class RecordList(ListPage):
    """Every document of one kind, the latest first."""

    template_name = "fund/record_list.html"
    filterset_class = RecordFilter
    model: ClassVar[type[Document]]
    orderings = {"number": ("number",), "dated_on": ("dated_on", "number")}
    default_ordering = "-dated_on"

    def get_permission_required(self) -> tuple[str, ...]:
        return (permission_name("view", self.model),)

    def get_queryset(self) -> QuerySet[Any]:
        self.queryset = find_records(self.model)
        return super().get_queryset()

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        add_facts(rows)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title, new, empty = TITLES[self.model]
        may_add = self.user.has_perm(permission_name("add", self.model))
        new_url = reverse(f"fund:{self.model.ROUTE}-new") if may_add else ""
        return super().get_context_data(title=title, new_label=new, new_url=new_url, empty=empty, **context)


class RecordDetail(DocumentPage[Any]):
    """A document of one kind: its facts, its lines, its entries. It has no chain."""

    template_name = "fund/record_detail.html"
    model: type[Document]

    def get_permission_required(self) -> tuple[str, ...]:
        return (permission_name("view", self.model),)

    def get_queryset(self) -> QuerySet[Any]:
        return find_records(self.model)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        (document,) = add_facts([self.object])
        may_reverse = self.user.has_perm(permission_name("change", self.model)) and not isinstance(document, Decided)
        back = (TITLES[self.model][0], reverse(f"fund:{self.model.ROUTE}-list"))
        reverse_url = reverse(f"fund:{self.model.ROUTE}-reverse", args=[document.number])
        return super().get_context_data(
            back=back,
            kind=self.model.ROUTE,
            lines=document.lines.all() if hasattr(document, "lines") else [],
            reverse_url=reverse_url if may_reverse and not document.reversed_on else "",
            **context,
        )


class RecordReverse(ReversalPage):
    """Reverses a document of one kind that one person recorded."""

    model: ClassVar[type[Document]] = Revaluation
    operation = staticmethod(reverse_run)

    def get_permission_required(self) -> tuple[str, ...]:
        return (permission_name("change", self.model),)
