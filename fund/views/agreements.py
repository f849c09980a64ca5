"""Agreements: what was signed, what is due and overdue, what came."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import F
from django.forms import BaseFormSet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fund.countries import name_countries
from fund.filters.agreements import AgreementFilter
from fund.forms.agreements import AgreementForm, make_instalments
from fund.models import Agreement, Pledge
from fund.operations.agreements import prepare_agreement
from fund.queries.agreements import add_dues, beyond_pledge, waiting_change, with_next_due, with_open
from fund.queries.chains import state_of
from fund.queries.letters import letters_of
from fund.queries.receipts import has_receipts, receipts_of_agreement
from fund.queries.recoveries import terms_of
from fund.recommendations import name_sections
from fund.views.decisions import AWAITS, PREPARED, ApprovePage, DecidedPage, RejectPage
from fund.views.pages import FormPage, ListPage, find_asked
from ledger.money import Amount


class AgreementList(ListPage):
    """Every agreement, with what came of it and what is due next."""

    template_name = "fund/agreement_list.html"
    permission_required = "fund.view_agreement"
    filterset_class = AgreementFilter
    orderings = {
        "number": ("number",),
        "signed_on": ("signed_on", "number"),
        "donor": ("donor__name", "number"),
        "amount": ("amount_currency", "amount"),
        "due": ("next_due", "number"),
    }
    default_ordering = "-signed_on"

    def get_queryset(self) -> Any:
        self.queryset = Agreement.objects.select_related("donor")
        name = self.get_ordering_name()
        if name.removeprefix("-") != "due":
            return super().get_queryset()
        # What owes nothing comes last either way; other orders spare the question.
        due = F("next_due")
        first = due.desc(nulls_last=True) if name.startswith("-") else due.asc(nulls_last=True)
        return with_next_due(self.queryset).order_by(first, "number")

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        add_dues(rows, today=timezone.localdate())


class AgreementDetail(DecidedPage[Agreement]):
    """An agreement: who decides on it, its instalments, its earmark, its receipts, what corrects it."""

    queryset = Agreement.objects.select_related("donor", "pledge", "created_by", "decided_by")
    template_name = "fund/agreement_detail.html"
    permission_required = "fund.view_agreement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        agreement: Any = self.object
        add_dues([agreement], today=timezone.localdate())
        receipts, milestones = receipts_of_agreement(agreement), agreement.milestones.all()
        changing = waiting_change(agreement)
        accepted = any(one.accepted_on and not one.reversed_on for one in milestones)
        write_offs, refunds = list(agreement.write_offs.all()), list(agreement.refunds.all())
        cancellations = list(agreement.cancellations.select_related("agreement"))
        for document in (*write_offs, *refunds, *cancellations):
            document.status = state_of(document)
        return super().get_context_data(
            themes=name_sections(agreement.earmark_themes, get_language() or ""),
            projects=agreement.earmark_projects.all(),
            countries=name_countries(agreement.earmark_countries),
            receipts=receipts,
            amendments=agreement.amendments.all(),
            milestones=[(one, state_of(one)) for one in milestones],
            changing=changing,
            cancellations=cancellations,
            write_offs=write_offs,
            refunds=refunds,
            letters=letters_of(lines__instalment__agreement=agreement),
            can_cancel=agreement.is_standing and not (changing or accepted or has_receipts(agreement)),
            terms=next(reversed(terms_of(agreement.sub_fund)), None),
            pledged=beyond_pledge(agreement),
            **context,
        )


class AgreementNew(FormPage):
    """The form of an agreement; `?pledge=` or `?donor=` fills in what is known."""

    template_name = "fund/agreement_form.html"
    permission_required = "fund.add_agreement"
    success_message = PREPARED
    extra_context = {
        "title": _("New agreement"),
        "back": (_("Agreements"), reverse_lazy("fund:agreement-list")),
        "lead": AWAITS,
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
        "lines": {
            "title": _("Instalments"),
            "total_field": "amount",
            "target": "id_amount_0",
            "add_label": _("Add an instalment"),
            "help": _("They add up to the amount. One instalment alone may leave its amount empty: it is the whole."),
        },
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return AgreementForm(data, initial=self.initial)

    def make_formsets(self, data: Any = None) -> list[BaseFormSet[Any]]:
        return [make_instalments(data, whole=None if data else self.initial.get("amount"))]

    @cached_property
    def initial(self) -> dict[str, Any]:
        """The donor, and of a pledge what is open."""
        pledge = find_asked(with_open(Pledge.objects.select_related("donor")), self.request.GET.get("pledge"))
        if not pledge:
            return {"donor": self.request.GET.get("donor")}
        left = Amount(pledge.open or 0, str(pledge.amount.currency))
        return {"donor": pledge.donor.code, "pledge": pledge.number, "amount": left if left.minor > 0 else None}

    def act(self, form: Any, formsets: list[Any]) -> Agreement:
        facts = form.to_facts()
        return prepare_agreement(**facts, instalments=formsets[0].to_dues(facts["amount"]), by=self.user)


class AgreementApprove(ApprovePage, AgreementDetail):
    """Approves an agreement at a press."""


class AgreementReject(RejectPage):
    """Asks why an agreement is rejected, and rejects it."""

    model = Agreement
