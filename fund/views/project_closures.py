"""The end of a project: its operations close, then its accounts; either is taken back with a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.forms.projects import ClosureForm, ReopeningForm
from fund.models import Project
from fund.operations.project_closures import close_accounts, close_operations, reopen_project
from fund.views.projects import ProjectPage


class OperationsClose(ProjectPage):
    """Closes a project's operations: no contract is let for it after the day."""

    title = _("Close the operations of %(project)s")
    success_message = _("{}: its operations are closed.")
    extra_context = {
        "submit": _("Close the operations"),
        "lead": _("After this day no contract is let for it. What was let before can still be paid or cancelled."),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return ClosureForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Project:
        close_operations(self.project, on=form.cleaned_data["on"], by=self.user)
        return self.project


class AccountsClose(ProjectPage):
    """Closes a project's accounts, once nothing is open or left."""

    title = _("Close the accounts of %(project)s")
    success_message = _("{}: its accounts are closed.")
    extra_context = {
        "submit": _("Close the accounts"),
        "lead": _(
            "Nothing is paid for it or allocated to it any more. All contracts are settled and all money returned."
        ),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return ClosureForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Project:
        close_accounts(self.project, on=form.cleaned_data["on"], by=self.user)
        return self.project


class ProjectReopen(ProjectPage):
    """Takes the last closure of a project back."""

    title = _("Reopen %(project)s")
    success_message = _("{} is reopened.")
    extra_context = {
        "submit": _("Reopen"),
        "danger": True,
        "lead": _("Its last closure is taken back: that of its accounts, or else that of its operations."),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return ReopeningForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Project:
        reopen_project(self.project, reason=form.cleaned_data["reason"], by=self.user)
        return self.project
