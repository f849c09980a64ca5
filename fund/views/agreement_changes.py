"""What changes an agreement after its signature: amendments, its cancellation, the milestones of a conditional one."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.agreement_changes import (
    AcceptanceForm,
    AmendmentForm,
    MilestoneForm,
    initial_of,
    make_amended,
    to_terms,
)
from fund.models import Agreement, Amendment, Cancellation, Decided, Milestone, Recognition
from fund.operations.amendments import prepare_amendment
from fund.operations.cancellations import prepare_cancellation
from fund.operations.milestones import accept_milestone, plan_milestone, reverse_milestone
from fund.queries.agreements import add_dues, waiting_change
from fund.queries.figures import sum_deferred
from fund.templatetags.money import minor, money
from fund.views.corrections import DocumentFormPage, OneAtATime, ReversalPage
from fund.views.decisions import AWAITS, PREPARED, ApprovePage, DecidedPage, RejectPage
from fund.views.pages import D, DocumentPage, find_asked
from ledger.queries import functional_currency

# What is posted of what an amendment adds or takes off.
_CONSEQUENCES = {
    Recognition.ON_SIGNATURE: _("What is added or taken off changes what is owed, and the income."),
    Recognition.AS_CONDITIONS_MET: _("What is added or taken off changes what is owed, and what is deferred."),
    Recognition.ON_RECEIPT: _("What is added or taken off changes the memorandum of what is owed, and no income."),
}


class _ChangeForm(OneAtATime, DocumentFormPage):
    """The form of what changes an agreement."""

    model = Agreement
    success_message = PREPARED

    def find_waiting(self) -> Decided | None:
        return waiting_change(self.document)


class AgreementAmend(_ChangeForm):
    """The form of an amendment: the instalments as they stand, to be changed."""

    permission_required = "fund.add_amendment"
    title = _("Amend %(number)s")
    extra_context = {
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
        "lines": {
            "title": _("Instalments from now on"),
            "total_field": "amount",
            "add_label": _("Add an instalment"),
            "help": _("Change amounts and days, add what is new, remove what is no longer owed. The rest stays."),
        },
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return AmendmentForm(data, agreement=self.document)

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        return [make_amended(data, self.document, self.with_dues.dues.instalments)]

    @cached_property
    def with_dues(self) -> Any:
        """The agreement with what is owed of it."""
        return add_dues([self.document], today=timezone.localdate())[0]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        standing = self.with_dues.dues.standing
        facts = {
            "amount": money(self.document.amount),
            "received": minor(standing.received, standing.currency),
            "outstanding": minor(standing.outstanding, standing.currency),
        }
        lead = _t("%(amount)s now: %(received)s received, %(outstanding)s outstanding.") % facts
        return super().get_context_data(lead=f"{lead} {_CONSEQUENCES[self.document.recognition]} {AWAITS}", **context)

    def act(self, form: Any, formsets: list[Any]) -> Amendment:
        terms = to_terms(formsets[0], self.document)
        return prepare_amendment(self.document, **form.cleaned_data, terms=terms, by=self.user)


class AgreementCancel(_ChangeForm, ReversalPage):
    """Prepares the cancellation of an agreement of which nothing was received."""

    permission_required = "fund.add_cancellation"
    title = _("Cancel %(number)s")
    extra_context = {
        "submit": _("Prepare"),
        "dismiss": _("Keep it"),
        "busy": _("Preparing…"),
        "danger": True,
        "lead": _(
            "Another person approves it. Then the opposite entry is posted, both stay in the journal, and what it took "
            "off a pledge is open again."
        ),
    }

    def act(self, form: Any, formsets: list[Any]) -> Cancellation:
        return prepare_cancellation(self.document, **form.cleaned_data, by=self.user)


class _PartDetail(DocumentPage[D]):
    """The page of what is numbered within an agreement."""

    permission_required = "fund.view_agreement"

    def get_object(self, queryset: QuerySet[D] | None = None) -> D:
        named = {"agreement__number": self.kwargs["number"], "position": self.kwargs["position"]}
        found = self.get_queryset().select_related("agreement__donor", "created_by")
        return get_object_or_404(found, **named)


class _PartForm(DocumentFormPage):
    """A small form that does something to what is numbered within an agreement."""

    @cached_property
    def document(self) -> Any:
        named = {"agreement__number": self.kwargs["number"], "position": self.kwargs["position"]}
        return get_object_or_404(self.model, **named)


class AmendmentDetail(DecidedPage[Amendment], _PartDetail[Amendment]):
    """An amendment: what was, what is from then on, and who decides."""

    model = Amendment
    template_name = "fund/amendment_detail.html"
    permission_required = "fund.view_amendment"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(lines=self.object.lines.select_related("instalment"), **context)


class AmendmentApprove(ApprovePage, AmendmentDetail):
    """Approves an amendment at a press."""


class AmendmentReject(_PartForm, RejectPage):
    """Asks why an amendment is rejected, and rejects it."""

    model = Amendment


class CancellationDetail(DecidedPage[Cancellation], _PartDetail[Cancellation]):
    """The cancellation of an agreement, and who decides on it."""

    model = Cancellation
    template_name = "fund/cancellation_detail.html"
    permission_required = "fund.view_cancellation"


class CancellationApprove(ApprovePage, CancellationDetail):
    """Approves a cancellation at a press."""


class CancellationReject(_PartForm, RejectPage):
    """Asks why a cancellation is rejected, and rejects it."""

    model = Cancellation


class MilestoneDetail(_PartDetail[Milestone]):
    """A milestone: what has to be done, and whether it is."""

    model = Milestone
    template_name = "fund/milestone_detail.html"
    permission_required = "fund.view_milestone"


class MilestoneNew(DocumentFormPage):
    """The form of a milestone; `?again=` fills in what one that was taken back said."""

    model = Agreement
    permission_required = "fund.add_milestone"
    title = _("New milestone of %(number)s")
    extra_context = {"submit": _("Plan the milestone"), "busy": _("Recording…")}

    def make_form(self, data: Any = None) -> forms.Form:
        again = find_asked(self.document.milestones.all(), self.request.GET.get("again"))
        return MilestoneForm(data, initial=initial_of(again))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(lead=describe_deferred(self.document), **context)

    def act(self, form: Any, formsets: list[Any]) -> Milestone:
        return plan_milestone(self.document, **form.cleaned_data, by=self.user)


class _MilestonePage(_PartForm):
    """A small form that does something to a milestone."""

    model = Milestone
    permission_required = "fund.change_milestone"


class MilestoneAccept(_MilestonePage):
    """Accepts a milestone: its amount becomes income."""

    title = _("Accept %(number)s")
    success_message = _("{} is accepted.")
    extra_context = {"submit": _("Accept and post"), "busy": _("Posting…")}

    def make_form(self, data: Any = None) -> forms.Form:
        return AcceptanceForm(data)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        facts = {"amount": money(self.document.amount), "title": self.document.title}
        lead = _t("%(title)s: %(amount)s becomes income.") % facts
        return super().get_context_data(lead=f"{lead} {describe_deferred(self.document.agreement)}", **context)

    def act(self, form: Any, formsets: list[Any]) -> Any:
        accept_milestone(self.document, **form.cleaned_data, by=self.user)
        return self.document


class MilestoneReverse(_MilestonePage, ReversalPage):
    """Takes an accepted milestone back, or drops a planned one."""

    operation = staticmethod(reverse_milestone)
    title = _("Take %(number)s back")
    success_message = _("{} is taken back.")
    extra_context = {
        "submit": _("Take it back"),
        "dismiss": _("Keep it"),
        "busy": _("Posting…"),
        "danger": True,
        "lead": _("What it made income is deferred again, by the opposite entry. One that is only planned is dropped."),
    }


def describe_deferred(agreement: Agreement) -> str:
    """How much of an agreement is deferred now."""
    currency = functional_currency()
    amount = minor(sum_deferred([agreement.number]).get(agreement.number, 0), currency)
    return _t("%(currency)s %(amount)s is deferred now.") % {"currency": currency, "amount": amount}
