"""The forms of runs and bank events, each with what it will post; the terms of indirect cost."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund import policy
from fund.forms.runs import BankChargeForm, InKindForm, InterestForm, MonthForm, TermsForm, TransferForm
from fund.models import BankCharge, Document, InKind, Interest, Recovery, RecoveryTerms, Revaluation, Transfer
from fund.operations.bank_charges import record_bank_charge
from fund.operations.cash import divide
from fund.operations.in_kind import record_in_kind
from fund.operations.interest import check_no_interest_yet, record_interest, share_interest
from fund.operations.months import get_month
from fund.operations.recoveries import run_recovery, set_recovery_terms
from fund.operations.revaluations import run_revaluation
from fund.operations.transfers import plan_transfer, record_transfer
from fund.queries.recoveries import plan_recovery, terms_of
from fund.queries.revaluations import plan_revaluation
from fund.queries.sub_funds import find_earmark
from fund.views.pages import FormPage
from fund.views.previews import PreviewPage
from fund.views.records import TITLES
from ledger.queries import next_period


def describe_new(model: type[Document], **more: Any) -> dict[str, Any]:
    """What the page of a new document of a kind says of itself."""
    title, new, _empty = TITLES[model]
    back = (title, reverse_lazy(f"fund:{model.ROUTE}-list"))
    return {"title": new, "back": back, "submit": _("Post"), "busy": _("Posting…"), "kind": model.ROUTE} | more


class MonthRun(PreviewPage):
    """A run of a month: of the one that is due to be closed, where none is asked for."""

    show_label = _("Show the month")

    def get_defaults(self) -> dict[str, str]:
        today = timezone.localdate()
        due = next_period()
        last = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
        return {"month": str(due) if due and due.month and due.ends_on < today else last}

    def make_form(self, data: Any = None) -> forms.Form:
        return MonthForm(data)


class RevaluationNew(MonthRun):
    """Previews the revaluation of a month item by item, and posts it."""

    permission_required = "fund.add_revaluation"
    extra_context = describe_new(
        Revaluation,
        lead=_("Each item in another currency is carried at the closing rate; the difference is unrealised."),
    )

    def plan(self, form: Any) -> Any:
        return plan_revaluation(get_month(form.cleaned_data["month"]).ends_on)

    def is_empty(self, plan: Any) -> bool:
        return not plan or bool(plan.missing) or not plan.changed

    def act(self, form: Any, formsets: list[Any]) -> Revaluation:
        return run_revaluation(**form.cleaned_data, by=self.user)


class RecoveryNew(MonthRun):
    """Previews what a month charges of indirect cost, and posts it."""

    permission_required = "fund.add_recovery"
    extra_context = describe_new(
        Recovery,
        lead=_("It charges all that is due up to the month's end and not charged yet, or gives back."),
    )

    def plan(self, form: Any) -> Any:
        return plan_recovery(get_month(form.cleaned_data["month"]).ends_on)

    def is_empty(self, plan: Any) -> bool:
        return not plan or not plan.charges

    def act(self, form: Any, formsets: list[Any]) -> Recovery:
        return run_recovery(**form.cleaned_data, by=self.user)


class InterestNew(PreviewPage):
    """Previews the shares of a month's interest with the balances that they come from, and posts them."""

    permission_required = "fund.add_interest"
    extra_context = describe_new(
        Interest, lead=_("Every sub-fund gets its share by the average of its balance at the end of each day.")
    )

    def make_form(self, data: Any = None) -> forms.Form:
        return InterestForm(data)

    def plan(self, form: Any) -> Any:
        facts = form.cleaned_data
        period = get_month(facts["month"])
        check_no_interest_yet(facts["bank_account"], period)
        return share_interest(facts["bank_account"], facts["amount"], period)

    def act(self, form: Any, formsets: list[Any]) -> Interest:
        return record_interest(**form.cleaned_data, by=self.user)


class BankChargeNew(PreviewPage):
    """Previews who bears a bank's charge, and posts it."""

    permission_required = "fund.add_bankcharge"
    extra_context = describe_new(BankCharge)

    def make_form(self, data: Any = None) -> forms.Form:
        return BankChargeForm(data)

    def plan(self, form: Any) -> Any:
        facts = form.cleaned_data
        return divide(facts["bank_account"], facts["amount"], facts["fund"], on=facts["charged_on"])

    def act(self, form: Any, formsets: list[Any]) -> BankCharge:
        return record_bank_charge(**form.cleaned_data, by=self.user)


class TransferNew(PreviewPage):
    """Previews what leaves and arrives of each sub-fund, and posts it."""

    permission_required = "fund.add_transfer"
    aliases = {"lines": "amount"}
    extra_context = describe_new(
        Transfer, lead=_("Between accounts of the fund. What leaves, leaves at its average carrying amount.")
    )

    def make_form(self, data: Any = None) -> forms.Form:
        return TransferForm(data)

    def plan(self, form: Any) -> Any:
        return plan_transfer(form.to_facts())

    def act(self, form: Any, formsets: list[Any]) -> Transfer:
        return record_transfer(facts=form.to_facts(), by=self.user)


class InKindNew(FormPage):
    """The form of a contribution in kind."""

    template_name = "fund/form.html"
    permission_required = "fund.add_inkind"
    extra_context = describe_new(
        InKind, lead=_("Income and expense of the project in one entry, without cash and without an allocation.")
    )

    def make_form(self, data: Any = None) -> forms.Form:
        return InKindForm(data, initial=self.request.GET.dict())

    def act(self, form: Any, formsets: list[Any]) -> InKind:
        return record_in_kind(gift=form.to_gift(), note=form.cleaned_data["note"], by=self.user)


class TermsNew(FormPage):
    """The terms of a sub-fund's indirect cost: those before, and the form of new ones."""

    template_name = "fund/recovery_terms.html"
    permission_required = "fund.add_recoveryterms"
    success_message = _("The terms of {} are set.")
    extra_context = {"submit": _("Set the terms"), "lead": _("They hold until other terms begin, and never change.")}

    def make_form(self, data: Any = None) -> forms.Form:
        agreement = find_earmark(self.kwargs["code"])
        if agreement is None and self.kwargs["code"] != policy.POOL:
            raise Http404
        starts_on = agreement.signed_on if agreement and not terms_of(agreement.number) else None
        return TermsForm(data, initial={"starts_on": starts_on})

    def act(self, form: Any, formsets: list[Any]) -> RecoveryTerms:
        return set_recovery_terms(fund=self.kwargs["code"], terms=form.to_terms(), by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        code = self.kwargs["code"]
        title = _("Indirect cost of %(code)s") % {"code": code}
        back = (code, reverse("fund:sub-fund", args=[code]))
        return super().get_context_data(title=title, back=back, terms=terms_of(code), **context)

    def get_success_url(self, made: Any) -> str:
        return reverse("fund:sub-fund", args=[made.fund])
