"""What the pages share of documents that one person prepares and another decides on."""

from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.approvals import RejectionForm
from fund.models import REVERSIBLE, Answer, Approval, Decided, State
from fund.operations.answers import Attempt
from fund.operations.approvals import active_delegations, count_needed, describe_threshold, may_decide, reject
from fund.operations.decisions import approve
from fund.queries.approvals import reversals_of, waiting_documents, walk_waiting
from fund.queries.nearby import find_nearby
from fund.views.corrections import DocumentFormPage
from fund.views.pages import ChangePage, DocumentPage, PlainPage, find_message
from ledger.errors import Refused

D = TypeVar("D", bound=Decided)

# What the form of a document that another person decides on says before it is sent, and after.
AWAITS = _("It is prepared here; another person approves it, and then it is posted.")
PREPARED = _("{} is prepared and awaits another person's approval.")


class DecidedPage(DocumentPage[D]):
    """A document's page with who prepared it, who approved it so far, and the buttons of who may decide."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = self.object
        shown = {
            "awaiting": found.is_waiting,
            "prepared_by_reader": found.created_by_id == self.user.pk,
            "can_decide": may_decide(found, by=self.user),
            "approvals": Approval.objects.filter(document=found.number).select_related("by", "on_behalf_of"),
            "threshold": describe_threshold(),
            **(describe_nearby(found) if found.is_waiting else {}),
            **(describe_reversals(found, by=self.user) if isinstance(found, REVERSIBLE) else {}),
        }
        return super().get_context_data(**shown, **context)


def describe_nearby(document: Decided) -> dict[str, Any]:
    """Other payments to the same payee or donor, and whether only together they need two approvers."""
    nearby = find_nearby(document)
    passes = False
    if nearby and nearby.own and nearby.together:
        passes = count_needed(nearby.own.minor) < count_needed(nearby.together.minor)
    return {"nearby": nearby, "passes_threshold": passes}


def describe_reversals(document: Any, *, by: User) -> dict[str, Any]:
    """What was prepared to reverse a document, the one of it that waits, and whether the reader may prepare another."""
    reversals = reversals_of(document)
    waiting = next((one for one in reversals if one.is_waiting), None)
    posted = document.state not in (State.PREPARED, State.REJECTED, State.REVERSED)
    may_change = by.has_perm(f"fund.change_{document._meta.model_name}")
    can_reverse = posted and waiting is None and may_change
    return {"reversals": reversals, "waiting_reversal": waiting, "can_reverse": can_reverse}


class WaitingList(PlainPage):
    """Everything that waits for a decision, the longest waiting first."""

    template_name = "fund/waiting_list.html"
    permission_required = "fund.view_auditrecord"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        documents = waiting_documents()
        return super().get_context_data(documents=documents, waiting=len(documents), **context)


class Deciding:
    """For who may decide, by their role or in the place of an approver."""

    def get_permission_required(self) -> tuple[str, ...]:
        return ("fund.add_approval",)

    def has_permission(self) -> bool:
        user = self.request.user  # type: ignore[attr-defined]  # a page's
        return isinstance(user, User) and (user.has_perm("fund.add_approval") or bool(active_delegations(user)))


class LeadingOn(Deciding):
    """A decision that leads, beside the document, to the next one that its reader may decide on."""

    def get_decided(self) -> Decided:
        """The document that was decided on."""
        found: Decided = self.document  # type: ignore[attr-defined]  # a form's on a document
        return found

    def lead_on(self, answer: Answer, *, again: bool) -> HttpResponse:
        response: HttpResponse = super().lead_on(answer, again=again)  # type: ignore[misc]  # a page's
        messages.info(self.request, self.name_next())  # type: ignore[attr-defined]
        return response

    def name_next(self) -> str:
        """A link to the next document, or to the list where none is left. It has the focus: Enter goes on."""
        user: User = self.user  # type: ignore[attr-defined]
        waiting = walk_waiting(person=user, after=self.get_decided())
        found = next((one for one in waiting if may_decide(one, by=user)), None)
        if found is None:
            url, text = reverse("fund:waiting-list"), _t("Nothing else waits for you. See what waits for others.")
        else:
            what = f"{found.kind}, {found.subject}" if found.subject != found.number else found.kind
            url, text = found.get_absolute_url(), f"{_t('Next:')} {found.number} · {what}"
        return format_html('<a href="{}" autofocus>{}</a>', url, text)


class ApprovePage(LeadingOn, ChangePage):
    """Approves a document at a press; what refuses it stands on the document's page.

    Comes before the document's own page among the bases.
    """

    done: ClassVar[str | Promise] = _("{} is approved and posted.")
    first_of_two: ClassVar[str | Promise] = _("{} awaits a second approver.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.get_object().get_absolute_url())  # type: ignore[attr-defined]  # a document's page

    def get_decided(self) -> Decided:
        found: Decided = self.get_object()  # type: ignore[attr-defined]
        return found

    def perform(self, attempt: Attempt) -> HttpResponse:
        return self.record(attempt, self.approve)

    def approve(self) -> Any:
        found = self.get_decided()
        self.success_message = self.done if approve(found, by=self.user) else self.first_of_two
        return found

    def refuse(self, refusal: Refused | forms.ValidationError, *, status: int) -> HttpResponse:
        self.object = self.get_object()  # type: ignore[attr-defined]
        context = self.get_context_data(refusal=find_message(refusal))
        return self.render_to_response(context, status=status)  # type: ignore[attr-defined,no-any-return]


class RejectPage(LeadingOn, DocumentFormPage):
    """Asks why a document of `model` is rejected, and rejects it."""

    title = _("Reject %(number)s")
    success_message = _("{} is rejected.")
    extra_context = {"submit": _("Reject"), "busy": _("Rejecting…"), "danger": True}

    def make_form(self, data: Any = None) -> forms.Form:
        return RejectionForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Any:
        reject(self.document, reason=form.cleaned_data["reason"], by=self.user)
        return self.document
