"""The checklist of a period's end: what is open of the month that is due, with where to act."""

from typing import Any

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from fund.forms.runs import MonthForm, NoInterestForm
from fund.operations.interest import mark_no_interest
from fund.operations.period_end import check_books
from fund.policy import UNIDENTIFIED
from fund.queries.closings import find_due
from fund.queries.entries import find_document_url
from fund.queries.period_end import ChecklistStep, StepName, find_steps
from fund.views.pages import FormPage, PlainPage
from ledger.periods import Period
from ledger.queries import next_period


def add_urls(steps: list[ChecklistStep], month: Period) -> list[tuple[ChecklistStep, str]]:
    """The steps, each with the address where it is worked on."""
    return [(step, _find_url(step, month)) for step in steps]


def _find_url(step: ChecklistStep, month: Period) -> str:
    if step.document:
        return find_document_url(step.document)
    new = reverse("fund:bank-reconciliation-new")
    urls = {
        StepName.STATEMENT: f"{new}?bank_account={step.account}&dated_on={month.ends_on}",
        StepName.UNIDENTIFIED: reverse("fund:account", args=[UNIDENTIFIED]),
        StepName.APPROVAL: reverse("fund:waiting-list"),
        StepName.OVERDUE: f"{reverse('fund:agreement-list')}?state=overdue",
        StepName.PLEDGES: f"{reverse('fund:pledge-list')}?state=past",
        StepName.REPORTS: f"{reverse('fund:advance-ageing')}?on={month.ends_on}",
        StepName.INTEREST: f"{reverse('fund:interest-new')}?bank_account={step.account}&month={month}",
        StepName.RECOVERY: f"{reverse('fund:recovery-new')}?month={month}",
        StepName.REVALUATION: f"{reverse('fund:revaluation-new')}?month={month}",
        StepName.CHECK: "",
    }
    return urls[step.name]


class PeriodEnd(PlainPage):
    """The steps of the month that is due. Everybody who reads the books sees them."""

    template_name = "fund/period_end.html"
    permission_required = "fund.view_auditrecord"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        due = find_due(today=timezone.localdate())
        steps = add_urls(find_steps(due.period), due.period) if due and due.period.month else []
        open_count = sum(1 for step, _url in steps if step.count)
        return super().get_context_data(due=due, steps=steps, open_count=open_count, **context)


class NoInterestMark(FormPage):
    """The button that says that a bank paid nothing; a refusal is shown on a page of its own."""

    template_name = "fund/form.html"
    permission_required = "fund.add_interest"
    success_message = _("{}: no interest, as marked.")
    extra_context = {"title": _("No interest"), "submit": _("Mark: none was paid")}

    def make_form(self, data: Any = None) -> forms.Form:
        return NoInterestForm(data, initial=self.request.GET.dict())

    def act(self, form: Any, formsets: list[Any]) -> Any:
        return mark_no_interest(**form.cleaned_data, by=self.user).bank_account.code

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        back = (_("Period end"), reverse("fund:period-end"))
        return super().get_context_data(back=back, **context)

    def get_success_url(self, made: str) -> str:
        return reverse("fund:period-end")


class BooksCheck(FormPage):
    """Runs the check of the books for a month, and says what it found."""

    template_name = "fund/form.html"
    permission_required = "fund.close_period"
    success_message = _("The books are checked: {}.")
    extra_context = {
        "title": _("Check of the journal"),
        "lead": _("Proves every entry, balance and document, as the command check_ledger does."),
        "submit": _("Check now"),
        "busy": _("Checking…"),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        due = next_period()
        return MonthForm(data, initial={"month": str(due) if due and due.month else ""})

    def act(self, form: Any, formsets: list[Any]) -> Any:
        problems = check_books(month=form.cleaned_data["month"], by=self.user)
        if not problems:
            return _("no problem was found")
        self.success_level = messages.ERROR
        found = ngettext(
            "%(count)d problem. check_ledger says more of it: %(first)s",
            "%(count)d problems. check_ledger lists them; the first: %(first)s",
            len(problems),
        )
        return found % {"count": len(problems), "first": problems[0]}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        back = (_("Period end"), reverse("fund:period-end"))
        return super().get_context_data(back=back, **context)

    def get_success_url(self, made: Any) -> str:
        return reverse("fund:period-end")
