"""Manual entries: prepared line by line, decided by another person."""

from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import all_fund_choices
from fund.forms.corrections import ManualEntryForm, ManualLines, to_lines
from fund.models import ManualEntry
from fund.operations.manual_entries import prepare_manual_entry
from fund.policy import GENERAL
from fund.queries.manual_accounts import usable_accounts
from fund.views.decisions import ApprovePage, RejectPage
from fund.views.pages import FormPage
from fund.views.runs import describe_new
from fund.views.write_offs import CorrectionDetail


class ManualEntryDetail(CorrectionDetail):
    """A manual entry: its lines, and why."""

    model = ManualEntry


class ManualEntryNew(FormPage):
    """The form of a manual entry, with what each sub-fund adds up to."""

    template_name = "fund/manual_entry_form.html"
    permission_required = "fund.add_manualentry"
    success_message = _("{} is prepared and awaits another person's approval.")
    extra_context = describe_new(
        ManualEntry,
        submit=_("Prepare"),
        busy=_("Preparing…"),
        lead=_("For what no other document fits. Another person approves it, and then it is posted."),
        lines={
            "title": _("Postings"),
            "add_label": _("Add a line"),
            "help": _(
                "Debits and credits are equal in each sub-fund. In another currency, say what it is carried at too."
            ),
        },
    )

    def make_form(self, data: Any = None) -> forms.Form:
        return ManualEntryForm(data)

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        return [ManualLines(data, prefix="lines", form_kwargs={"funds": [*all_fund_choices(), (GENERAL, GENERAL)]})]

    def act(self, form: Any, formsets: list[Any]) -> ManualEntry:
        return prepare_manual_entry(**form.cleaned_data, lines=to_lines(formsets[0]), by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(accounts=usable_accounts(), **context)


class ManualEntryApprove(ApprovePage, ManualEntryDetail):
    """Approves a manual entry at a press."""


class ManualEntryReject(RejectPage):
    """Asks why a manual entry is rejected, and rejects it."""

    model = ManualEntry
