"""Disbursements: prepared by one person, decided by another."""

from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from fund.filters.disbursements import DisbursementFilter
from fund.forms.choices import Choices, fund_choices, obligation_choices, project_choices
from fund.forms.disbursements import DisbursementForm, DisbursementLines
from fund.forms.lines import filled_lines
from fund.models import BankAccount, Disbursement, DisbursementState, Obligation, Payee, Project
from fund.operations.answers import Attempt
from fund.operations.disbursements import Line, prepare_disbursement
from fund.operations.sources import propose_sources
from fund.queries.obligations import add_open
from fund.queries.projects import project_fund_standings
from fund.queries.sub_funds import cash_of_funds
from fund.queries.uses import add_totals
from fund.views.decisions import AWAITS, PREPARED, ApprovePage, DecidedPage, RejectPage
from fund.views.pages import FormPage, ListPage, find_asked
from fund.views.recipients import describe_account
from ledger.money import Amount, to_decimal
from ledger.queries import functional_currency


class DisbursementList(ListPage):
    """Every disbursement with its state."""

    template_name = "fund/disbursement_list.html"
    permission_required = "fund.view_disbursement"
    queryset = Disbursement.objects.select_related("bank_account", "payee").prefetch_related("lines__project")
    filterset_class = DisbursementFilter
    orderings = {
        "number": ("number",),
        "paid_on": ("paid_on", "number"),
        "payee": ("payee__name", "number"),
        "amount": ("amount_currency", "amount", "number"),
    }
    default_ordering = "-paid_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        context["awaiting"] = Disbursement.objects.filter(state=DisbursementState.PREPARED).count()
        add_totals(rows)


class DisbursementDetail(DecidedPage[Disbursement]):
    """A disbursement: what it charges, who decides, its chain and its entries."""

    model = Disbursement
    queryset = Disbursement.objects.select_related("bank_account", "payee", "created_by", "decided_by")
    template_name = "fund/disbursement_detail.html"
    permission_required = "fund.view_disbursement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = list(self.object.lines.select_related("project", "obligation").order_by("pk"))
        if self.object.is_waiting:
            _add_limits(lines, self.object.bank_account)
            context |= describe_account(self.object.payee, self.user, on=self.object.paid_on)
        return super().get_context_data(lines=lines, **context)


def _add_limits(lines: list[Any], account: BankAccount) -> None:
    """Says of each line what the project has left of the sub-fund, what is reserved for it, and its cash."""
    standings = project_fund_standings(sorted({line.project.code for line in lines}))
    left = {(found.project, found.fund): found.standing.left for found in standings}
    found_cash = cash_of_funds(sorted({line.fund for line in lines}))
    cash = {found.fund: found.amount for found in found_cash if found.account == account.code}
    named = add_open({line.obligation for line in lines if line.obligation})
    reserved = {(found.pk, row.fund): row.open for found in named for row in found.rows}
    for line in lines:
        line.reserved = reserved.get((line.obligation_id, line.fund), 0)
        line.left = left.get((line.project.code, line.fund), 0)
        line.cash = cash.get(line.fund, 0)


class DisbursementNew(FormPage):
    """The form of a disbursement, with what can be spent beside it."""

    template_name = "fund/disbursement_form.html"
    permission_required = "fund.add_disbursement"
    aliases = {"currency": "bank_account"}
    success_message = PREPARED
    extra_context = {
        "title": _("New disbursement"),
        "back": (_("Disbursements"), reverse_lazy("fund:disbursement-list")),
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
        "lead": AWAITS,
        "lines": {
            "title": _("Charged to"),
            "total_field": "amount",
            "add_label": _("Add a line"),
            "help": _("Amounts are in the currency of the bank account."),
        },
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return DisbursementForm(data, initial={"payee": self.payee})

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        if self.obligation and data is None:
            return [self.make_lines(initial=_lines_of(self.obligation))]
        asked = {"project": self.request.GET.get("project"), "fund": self.request.GET.get("fund")}
        return [self.make_lines(data, asked=asked)]

    def make_lines(
        self, data: Any = None, *, asked: dict[str, Any] | None = None, initial: list[dict[str, Any]] | None = None
    ) -> BaseFormSet[Any]:
        """The lines: with what was typed, with what each begins with, or as blank as `asked` for."""
        kwargs: dict[str, Any] = {
            "funds": fund_choices(),
            "projects": project_choices(),
            "obligations": _find_obligations(self.request.POST),
            "currency": find_currency(data),
        }
        if asked:
            kwargs["initial"] = asked
        return DisbursementLines(data, prefix="lines", initial=initial, form_kwargs=kwargs)

    @cached_property
    def obligation(self) -> Obligation | None:
        """The obligation that the address names, which the payment then begins with."""
        return find_asked(Obligation.objects.select_related("project", "payee"), self.request.GET.get("obligation"))

    @property
    def payee(self) -> Payee | None:
        """Whom the address names, or with whom the obligation is."""
        if self.obligation:
            return self.obligation.payee
        return find_asked(Payee.objects.all(), self.request.GET.get("payee"), field="code")

    def perform(self, attempt: Attempt) -> HttpResponse:
        return self.propose() if "propose" in self.request.POST else super().perform(attempt)

    def propose(self) -> HttpResponse:
        """The form with sources for the lines that name none. Nothing is recorded."""
        form, formsets, _valid = self.bind()
        facts, lines = form.cleaned_data, [line for line in formsets[0] if not _is_removed(line)]
        refused = self.keep_not_offered(form, formsets)
        if refused or "bank_account" not in facts or "paid_on" not in facts or any(map(_is_incomplete, lines)):
            return self.show(form, formsets, status=422)
        account = BankAccount.objects.get(code=facts["bank_account"])
        proposed, missing = fill_sources([line.cleaned_data for line in lines], account, facts["paid_on"])
        shown = DisbursementForm(initial=self.request.POST.dict())
        context = self.get_context_data(form=shown, formset=self.make_lines(initial=proposed), formsets=[])
        return self.render_to_response(context | {"proposed": True, "missing": missing})

    def act(self, form: Any, formsets: list[Any]) -> Disbursement:
        facts = form.cleaned_data
        facts["bank_account"] = BankAccount.objects.get(code=facts["bank_account"])
        filled = filled_lines(formsets[0])
        projects = Project.objects.in_bulk({line["project"] for line in filled}, field_name="code")
        named = {line.get("obligation") for line in filled}
        obligations = Obligation.objects.select_related("project").in_bulk(named - {None, ""}, field_name="number")
        lines = [
            Line(
                line["fund"],
                projects[line["project"]],
                line["category"],
                line["amount"],
                obligations.get(line.get("obligation", "")),
            )
            for line in filled
        ]
        return prepare_disbursement(**facts, lines=lines, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**find_spendable(), **context)


def find_spendable() -> dict[str, Any]:
    """What can be spent, for the context of a form: what projects have left, and the cash of those sub-funds."""
    left = [found for found in project_fund_standings() if found.standing.left > 0]
    funds = {found.fund for found in left}
    return {"left": left, "cash": [found for found in cash_of_funds() if found.fund in funds and found.amount > 0]}


def fill_sources(lines: list[dict[str, Any]], account: BankAccount, on: date) -> tuple[list[dict[str, Any]], list[str]]:
    """Lines for a form, with sources where they name none; and of each project what has no source, in words."""
    projects = Project.objects.in_bulk({line["project"] for line in lines}, field_name="code")
    taken = [
        Line(line["fund"], projects[line["project"]], line["category"], line["amount"])
        for line in lines
        if line.get("fund")
    ]
    filled, missing = [], []
    for line in lines:
        if line.get("fund"):
            filled.append(line | {"amount": _plain(line["amount"])})
            continue
        wanted, project = line["amount"], projects[line["project"]]
        found = propose_sources(wanted, project=project, category=line["category"], account=account, on=on, taken=taken)
        taken += found
        filled += [line | {"fund": source.fund, "amount": _plain(source.amount)} for source in found]
        left = Amount(wanted.minor - sum(source.amount.minor for source in found), wanted.currency)
        if left.minor > 0:
            filled.append(line | {"fund": "", "amount": _plain(left)})
            missing.append(_("%(amount)s for %(project)s") % {"amount": left, "project": project.code})
    return filled, missing


def _plain(amount: Amount) -> str:
    return f"{amount.decimal:f}"


def find_currency(data: Any) -> str:
    """The currency of the bank account that the form names; the functional one where it names none."""
    chosen = str(data.get("bank_account", "")) if data else ""
    currencies = dict(BankAccount.objects.values_list("code", "currency")) if chosen else {}
    return currencies.get(chosen, functional_currency())


def _find_obligations(data: Any) -> Choices:
    """The obligations that a line can name; none at all where nothing is open and the form names nothing."""
    choices = obligation_choices()
    named = any(value for name, value in data.items() if name.endswith("-obligation"))
    return choices if named or len(choices) > 1 else []


def _lines_of(obligation: Obligation) -> list[dict[str, Any]]:
    """A line for each sub-fund of an obligation that has something open."""
    [found] = add_open([obligation])
    facts = {"project": found.project.code, "category": found.category, "obligation": found.number}
    currency = functional_currency()
    return [
        {"fund": line.fund, "amount": f"{to_decimal(line.open, currency):f}", **facts}
        for line in found.rows
        if line.open > 0
    ]


def _is_removed(line: Any) -> bool:
    return bool(line.cleaned_data.get("DELETE")) or not line.has_changed()


def _is_incomplete(line: Any) -> bool:
    """Whether more than the sub-fund is missing."""
    return bool(set(line.errors) - {"fund"})


class DisbursementApprove(ApprovePage, DisbursementDetail):
    """Approves a disbursement at a press."""


class DisbursementReject(RejectPage):
    """Asks why a disbursement is rejected, and rejects it."""

    model = Disbursement
