"""Disbursements: prepared by one person, decided by another, reversed when they come back."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from fund.filters.disbursements import DisbursementFilter
from fund.forms.choices import fund_choices, project_choices
from fund.forms.disbursements import DisbursementForm, DisbursementLines, RejectionForm
from fund.forms.lines import filled_lines
from fund.models import Approval, BankAccount, Disbursement, DisbursementState, Project
from fund.operations.answers import Attempt
from fund.operations.approvals import active_delegations, describe_threshold, may_decide
from fund.operations.disbursements import Line, approve_disbursement, prepare_disbursement, reject_disbursement
from fund.operations.reversals import reverse_disbursement
from fund.queries.projects import project_fund_standings
from fund.queries.sub_funds import cash_of_funds
from fund.queries.uses import add_totals
from fund.views.corrections import DocumentFormPage, ReversalPage
from fund.views.pages import ChangePage, DocumentPage, FormPage, ListPage, find_message
from ledger.errors import Refused
from ledger.queries import functional_currency


class DisbursementList(ListPage):
    """Every disbursement with its state."""

    template_name = "fund/disbursement_list.html"
    permission_required = "fund.view_disbursement"
    queryset = Disbursement.objects.select_related("bank_account").prefetch_related("lines__project")
    filterset_class = DisbursementFilter
    orderings = {
        "number": ("number",),
        "paid_on": ("paid_on", "number"),
        "payee": ("payee", "number"),
        "amount": ("amount_currency", "amount", "number"),
    }
    default_ordering = "-paid_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        context["awaiting"] = Disbursement.objects.filter(state=DisbursementState.PREPARED).count()
        add_totals(rows)


class DisbursementDetail(DocumentPage[Disbursement]):
    """A disbursement: what it charges, who decides, its chain and its entries."""

    model = Disbursement
    queryset = Disbursement.objects.select_related("bank_account", "created_by", "decided_by")
    template_name = "fund/disbursement_detail.html"
    permission_required = "fund.view_disbursement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        awaiting = self.object.state == DisbursementState.PREPARED
        prepared_by_reader = self.object.created_by_id == self.user.pk
        lines = list(self.object.lines.select_related("project").order_by("pk"))
        if awaiting:
            _add_limits(lines, self.object.bank_account)
        return super().get_context_data(
            lines=lines,
            awaiting=awaiting,
            prepared_by_reader=prepared_by_reader,
            can_decide=awaiting and may_decide(self.object, by=self.user),
            approvals=Approval.objects.filter(document=self.object.number).select_related("by", "on_behalf_of"),
            threshold=describe_threshold(),
            **context,
        )


def _add_limits(lines: list[Any], account: BankAccount) -> None:
    """Says of each line what the project has left of the sub-fund and what the sub-fund has in the account."""
    standings = project_fund_standings(sorted({line.project.code for line in lines}))
    left = {(found.project, found.fund): found.standing.left for found in standings}
    found_cash = cash_of_funds(sorted({line.fund for line in lines}))
    cash = {found.fund: found.amount for found in found_cash if found.account == account.code}
    for line in lines:
        line.left = left.get((line.project.code, line.fund), 0)
        line.cash = cash.get(line.fund, 0)


class DisbursementNew(FormPage):
    """The form of a disbursement, with what can be spent beside it."""

    template_name = "fund/disbursement_form.html"
    permission_required = "fund.add_disbursement"
    aliases = {"currency": "bank_account"}
    success_message = _("{} is prepared and awaits another person's approval.")
    extra_context = {
        "title": _("New disbursement"),
        "back": (_("Disbursements"), reverse_lazy("fund:disbursement-list")),
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
        "lead": _("It is prepared here; another person approves it, and then it is posted."),
        "lines": {
            "title": _("Charged to"),
            "total_field": "amount",
            "add_label": _("Add a line"),
            "help": _("Amounts are in the currency of the bank account."),
        },
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return DisbursementForm(data)

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        kwargs = {
            "funds": fund_choices(),
            "projects": project_choices(),
            "currency": _find_currency(data),
            "initial": {"project": self.request.GET.get("project"), "fund": self.request.GET.get("fund")},
        }
        return [DisbursementLines(data, prefix="lines", form_kwargs=kwargs)]

    def act(self, form: Any, formsets: list[Any]) -> Disbursement:
        facts = form.cleaned_data
        facts["bank_account"] = BankAccount.objects.get(code=facts["bank_account"])
        filled = filled_lines(formsets[0])
        projects = Project.objects.in_bulk({line["project"] for line in filled}, field_name="code")
        lines = [Line(line["fund"], projects[line["project"]], line["category"], line["amount"]) for line in filled]
        return prepare_disbursement(**facts, lines=lines, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        left = [found for found in project_fund_standings() if found.standing.left > 0]
        funds = {found.fund for found in left}
        cash = [found for found in cash_of_funds() if found.fund in funds and found.amount > 0]
        return super().get_context_data(left=left, cash=cash, **context)


def _find_currency(data: Any) -> str:
    """The currency of the bank account that the form names; the functional one where it names none."""
    chosen = str(data.get("bank_account", "")) if data else ""
    currencies = dict(BankAccount.objects.values_list("code", "currency")) if chosen else {}
    return currencies.get(chosen, functional_currency())


class _Decision:
    """For who may decide on payments, by their role or in the place of an approver."""

    def has_permission(self) -> bool:
        user = self.request.user  # type: ignore[attr-defined]  # a page's
        return isinstance(user, User) and (user.has_perm("fund.approve_disbursement") or bool(active_delegations(user)))


class DisbursementApprove(_Decision, ChangePage, DisbursementDetail):
    """Approves a disbursement at a press; what refuses it stands on the disbursement's page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.get_object().get_absolute_url())

    def perform(self, attempt: Attempt) -> HttpResponse:
        return self.record(attempt, self.approve)

    def approve(self) -> Disbursement:
        found = self.get_object()
        posted = approve_disbursement(found, by=self.user)
        self.success_message = _("{} is approved and posted.") if posted else _("{} awaits a second approver.")
        return found

    def refuse(self, refusal: Refused | forms.ValidationError, *, status: int) -> HttpResponse:
        self.object = self.get_object()
        return self.render_to_response(self.get_context_data(refusal=find_message(refusal)), status=status)


class DisbursementReject(_Decision, DocumentFormPage):
    """Asks why a disbursement is rejected, and rejects it."""

    model = Disbursement
    title = _("Reject %(number)s")
    success_message = _("{} is rejected.")
    extra_context = {"submit": _("Reject"), "busy": _("Rejecting…"), "danger": True}

    def make_form(self, data: Any = None) -> forms.Form:
        return RejectionForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Disbursement:
        reject_disbursement(self.document, reason=form.cleaned_data["reason"], by=self.user)
        found: Disbursement = self.document
        return found


class DisbursementReverse(ReversalPage):
    """Reverses a payment that came back."""

    model = Disbursement
    operation = staticmethod(reverse_disbursement)
    permission_required = "fund.change_disbursement"
