"""Advances to partners: prepared by one person, decided by another."""

from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.filters.advances import AdvanceFilter
from fund.forms.advances import AdvanceForm, AdvanceLines
from fund.forms.choices import fund_choices, project_choices
from fund.forms.lines import filled_lines
from fund.models import Advance, AdvanceReport, BankAccount, Payee, Project, ReportState, State
from fund.operations.advances import Line, prepare_advance
from fund.queries.advance_ageing import find_due_on
from fund.queries.advances import add_open
from fund.queries.chains import state_of
from fund.queries.projects import project_fund_standings
from fund.queries.sub_funds import cash_of_funds
from fund.queries.uses import add_states
from fund.views.decisions import ApprovePage, DecidedPage, RejectPage
from fund.views.disbursements import find_currency, find_spendable
from fund.views.pages import FormPage, ListPage, find_asked


class AdvanceList(ListPage):
    """Every advance with what of it is open."""

    template_name = "fund/advance_list.html"
    permission_required = "fund.view_advance"
    queryset = Advance.objects.select_related("partner", "bank_account")
    filterset_class = AdvanceFilter
    orderings = {
        "number": ("number",),
        "paid_on": ("paid_on", "number"),
        "partner": ("partner__name", "number"),
        "amount": ("amount_currency", "amount", "number"),
    }
    default_ordering = "-paid_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        context["awaiting"] = Advance.objects.filter(state=State.PREPARED).count()
        context["reports_waiting"] = AdvanceReport.objects.filter(state=ReportState.PREPARED).count()
        add_states(rows)


class AdvanceDetail(DecidedPage[Advance]):
    """An advance: its lines, what is open of each, what was reported and returned, who decides, its entries."""

    model = Advance
    queryset = Advance.objects.select_related("partner", "bank_account", "created_by", "decided_by")
    template_name = "fund/advance_detail.html"
    permission_required = "fund.view_advance"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        [advance] = add_open([self.object])
        if advance.is_waiting:
            _add_limits(advance)
        reports, returns = list(advance.reports.all()), list(advance.returns.select_related("bank_account"))
        for document in (*reports, *returns):
            document.status = state_of(document)
        stands = any(one.state in (ReportState.PREPARED, ReportState.APPROVED) for one in reports)
        due_on = find_due_on(advance.paid_on)
        return super().get_context_data(
            lines=advance.rows,
            reports=reports,
            returns=returns,
            untouched=not stands and all(one.reversed_on for one in returns),
            due_on=due_on,
            is_due=timezone.localdate() > due_on,
            **context,
        )


def _add_limits(advance: Any) -> None:
    """Says of each line what the project has left of the sub-fund, and its cash in the bank account."""
    standings = project_fund_standings(sorted({line.project.code for line in advance.rows}))
    left = {(found.project, found.fund): found.standing.left for found in standings}
    found_cash = cash_of_funds(sorted({line.fund for line in advance.rows}))
    cash = {found.fund: found.amount for found in found_cash if found.account == advance.bank_account.code}
    for line in advance.rows:
        line.left = left.get((line.project.code, line.fund), 0)
        line.cash = cash.get(line.fund, 0)


class AdvanceNew(FormPage):
    """The form of an advance, with what can be spent beside it."""

    template_name = "fund/spending_form.html"
    permission_required = "fund.add_advance"
    aliases = {"currency": "bank_account"}
    success_message = _("{} is prepared and awaits another person's approval.")
    extra_context = {
        "title": _("New advance"),
        "back": (_("Advances"), reverse_lazy("fund:advance-list")),
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
        "lead": _("It is prepared here; another person approves it. It is no expense until its partner has reported."),
        "lines": {
            "title": _("Taken of"),
            "total_field": "amount",
            "add_label": _("Add a line"),
            "help": _("Amounts are in the currency of the bank account."),
        },
    }

    def make_form(self, data: Any = None) -> forms.Form:
        found = find_asked(Project.objects.select_related("partner"), self.request.GET.get("project"), field="code")
        return AdvanceForm(data, initial={"partner": found.partner.code if found and found.partner else ""})

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        kwargs = {
            "choices": {"fund": fund_choices(), "project": project_choices()},
            "currency": find_currency(data),
            "initial": {"project": self.request.GET.get("project"), "fund": self.request.GET.get("fund")},
        }
        return [AdvanceLines(data, prefix="lines", form_kwargs=kwargs)]

    def act(self, form: Any, formsets: list[Any]) -> Advance:
        facts = form.cleaned_data
        facts["partner"] = Payee.objects.get(code=facts["partner"])
        facts["bank_account"] = BankAccount.objects.get(code=facts["bank_account"])
        filled = filled_lines(formsets[0])
        projects = Project.objects.in_bulk({line["project"] for line in filled}, field_name="code")
        lines = [Line(line["fund"], projects[line["project"]], line["amount"]) for line in filled]
        return prepare_advance(**facts, lines=lines, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**find_spendable(), **context)


class AdvanceApprove(ApprovePage, AdvanceDetail):
    """Approves an advance at a press."""


class AdvanceReject(RejectPage):
    """Asks why an advance is rejected, and rejects it."""

    model = Advance
