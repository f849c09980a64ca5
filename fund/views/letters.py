"""Reminders to donors: previewed, recorded as sent, printed again, withdrawn."""

from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.filters.letters import LetterFilter
from fund.forms.letters import LetterForm
from fund.letter_texts import read_paragraphs, write_mail
from fund.models import Letter, Way
from fund.operations.letters import record_letter, withdraw_letter
from fund.queries.letters import Reminder, plan_reminder, print_letter
from fund.views.corrections import ReversalPage
from fund.views.pages import DocumentPage, ListPage, Page
from fund.views.previews import PreviewPage


class LetterList(ListPage):
    """Every letter, the newest first."""

    queryset = Letter.objects.select_related("donor", "created_by")
    template_name = "fund/letter_list.html"
    permission_required = "fund.view_letter"
    filterset_class = LetterFilter
    orderings = {
        "number": ("number",),
        "sent_on": ("sent_on", "number"),
        "donor": ("donor__name", "number"),
    }
    default_ordering = "-sent_on"


class LetterDetail(DocumentPage[Letter]):
    """A letter as it was sent, with what sends it: its PDF, and the text of a mail."""

    queryset = Letter.objects.select_related("donor", "created_by")
    template_name = "fund/letter_detail.html"
    permission_required = "fund.view_letter"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        letter = self.object
        mail = write_mail(letter.text)
        # A mail program takes the new lines of a mail as two characters.
        query = urlencode({"subject": letter.subject, "body": mail.replace("\n", "\r\n")}, quote_via=quote)
        return super().get_context_data(
            lines=letter.lines.select_related("instalment__agreement"),
            paragraphs=read_paragraphs(letter.text),
            mail=mail,
            mail_url=f"mailto:?{query}",
            **context,
        )


class LetterNew(PreviewPage):
    """Shows what a reminder says, and records it as sent; `?donor=` shows that donor's at once."""

    template_name = "fund/letter_form.html"
    permission_required = "fund.add_letter"
    success_message = _("{} is recorded. Send it now.")
    show_label = _("Show the letter")
    extra_context = {
        "title": _("New reminder"),
        "lead": _("It reminds of all that is overdue of a donor, and posts nothing."),
        "back": (_("Reminders"), reverse_lazy("fund:letter-list")),
        "submit": _("Record as sent"),
        "busy": _("Recording…"),
    }

    def get_defaults(self) -> dict[str, str]:
        if "donor" not in self.request.GET:
            return {}
        return {"sent_on": str(timezone.localdate()), "way": Way.MAIL}

    def make_form(self, data: Any = None) -> forms.Form:
        return LetterForm(data)

    def plan(self, form: Any) -> Reminder:
        facts = form.cleaned_data
        donor = facts["donor"]
        return plan_reminder(donor, on=facts["sent_on"], language=facts["language"] or donor.language)

    def act(self, form: Any, formsets: list[Any]) -> Letter:
        return record_letter(**form.cleaned_data, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        plan = context.get("plan")
        return super().get_context_data(paragraphs=read_paragraphs(plan.text) if plan else [], **context)


class LetterPdf(Page):
    """A letter as a PDF."""

    permission_required = "fund.view_letter"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return send_letter(get_object_or_404(Letter, number=number))


def send_letter(letter: Letter) -> HttpResponse:
    """A letter as a download."""
    headers = {"Content-Disposition": f'attachment; filename="{letter.number}.pdf"'}
    return HttpResponse(print_letter(letter), content_type="application/pdf", headers=headers)


class LetterWithdraw(ReversalPage):
    """Withdraws a letter that was not sent."""

    model = Letter
    operation = staticmethod(withdraw_letter)
    permission_required = "fund.change_letter"
    title = _("Withdraw %(number)s")
    success_message = _("{} is withdrawn.")
    extra_context = {
        "submit": _("Withdraw"),
        "danger": True,
        "lead": _("It was not sent after all: it stays on record, and is no reminder any more."),
    }
