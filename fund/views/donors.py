"""Donors: who gives, and what came of it."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from fund.countries import country_names
from fund.filters.donors import DonorFilter
from fund.forms.donors import DonorForm, NewDonorForm
from fund.models import Agreement, Donor, Pledge, Receipt, State
from fund.operations.donors import add_donor, change_donor
from fund.queries.agreements import add_dues, with_open
from fund.queries.donors import donor_standings
from fund.queries.history import load_history
from fund.queries.letters import letters_of
from fund.queries.payees import details_of
from fund.queries.receipts import of_donor, with_parts
from fund.views.pages import FormPage, ListPage, Page
from fund.views.recipients import describe_recipient

# A donor's page shows the newest of each kind of document; the lists have them all.
NEWEST = 10


class DonorList(ListPage):
    """Every donor, with what each signed, sent and owes."""

    template_name = "fund/donor_list.html"
    permission_required = "fund.view_donor"
    model = Donor
    filterset_class = DonorFilter
    orderings = {
        "code": ("code",),
        "name": ("name",),
        "donor_class": ("donor_class", "name"),
        "country": ("country", "name"),
    }
    default_ordering = "name"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        names, standings = country_names(), donor_standings(rows)
        for donor in rows:
            donor.standing, donor.country_name = standings[donor.code], names.get(donor.country, "")


class DonorDetail(Page, DetailView[Donor]):
    """A donor: what is said of it, where it stands, its newest documents."""

    model = Donor
    slug_field = slug_url_kwarg = "code"
    template_name = "fund/donor_detail.html"
    permission_required = "fund.view_donor"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        donor = self.object
        return super().get_context_data(
            standing=donor_standings([donor])[donor.code],
            country_name=country_names().get(donor.country, ""),
            history=load_history(donor.code, noun="donor"),
            pledges=self.newest(with_open(Pledge.objects.filter(donor=donor), today=timezone.localdate())),
            agreements=add_dues(self.newest(Agreement.objects.filter(donor=donor)), today=timezone.localdate()),
            receipts=self.newest(
                with_parts(Receipt.objects.filter(of_donor(donor.code)).select_related("agreement", "bank_account"))
            ),
            letters=letters_of(donor=donor),
            newest=NEWEST,
            **describe_recipient(donor, self.user),
            **context,
        )

    def newest(self, found: QuerySet[Any]) -> list[Any]:
        """The newest of the donor's documents of one kind."""
        documents = list(found[:NEWEST])
        for document in documents:
            document.donor = self.object
        return documents


class DonorNew(FormPage):
    """The form of a new donor."""

    template_name = "fund/form.html"
    permission_required = "fund.add_donor"
    extra_context = {
        "title": _("New donor"),
        "back": (_("Donors"), reverse_lazy("fund:donor-list")),
        "submit": _("Add donor"),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return NewDonorForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Donor:
        return add_donor(**form.cleaned_data, by=self.user)


class DonorEdit(FormPage):
    """The form that changes what is said of a donor."""

    template_name = "fund/form.html"
    permission_required = "fund.change_donor"
    success_message = _("{} is changed.")

    @cached_property
    def donor(self) -> Donor:
        return get_object_or_404(Donor, code=self.kwargs["code"])

    def make_form(self, data: Any = None) -> forms.Form:
        donor = self.donor
        facts = {"name": donor.name, "donor_class": donor.donor_class, "country": donor.country}
        facts["language"] = donor.language
        return DonorForm(data, initial=facts)

    def act(self, form: Any, formsets: list[Any]) -> Donor:
        return change_donor(self.donor, **form.cleaned_data, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = _("Edit %(code)s") % {"code": self.donor.code}
        back = (self.donor.name, self.donor.get_absolute_url())
        approved = details_of(self.donor).filter(state=State.APPROVED).exists()
        lead = _("After another name, bank details are approved anew before anything is refunded.") if approved else ""
        return super().get_context_data(title=title, back=back, lead=lead, submit=_("Save"), **context)
