"""What payees and donors have in common: bank details that another person approves, and screenings."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.account_numbers import group
from fund.countries import country_names
from fund.forms.recipients import BankDetailsForm, ClearingForm, ScreeningForm, to_initial
from fund.models import BankDetails, Donor, Payee, Recipient, State
from fund.operations.approvals import find_rights
from fund.operations.bank_details import Account, prepare_bank_details
from fund.operations.screenings import clear_match, record_screening
from fund.queries.payees import (
    details_of,
    find_before,
    find_details,
    find_renamed,
    find_waiting_details,
    name_of,
    screenings_of,
    uncleared_matches,
)
from fund.views.decisions import ApprovePage, DecidedPage, Deciding, RejectPage
from fund.views.pages import FormPage

# A change is looked at twice for so long: who pretends to be a payee hopes for the next payment.
YOUNG = timedelta(days=30)


def sees_accounts(user: User) -> bool:
    """Whether a person needs whole account numbers: to prepare payments, or to approve them."""
    return user.has_perm("fund.add_disbursement") or bool(find_rights(user))


def add_shown(found: Any, user: User) -> list[Any]:
    """Bank details with the number as this person may see it, as `shown`."""
    versions, is_whole = list(found), sees_accounts(user)
    for details in versions:
        details.shown = group(details.account) if is_whole else details.masked
    return versions


def describe_rename(recipient: Recipient) -> dict[str, Any]:
    """The bank details that were approved for another name than a payee or a donor has now, and that name."""
    renamed = find_renamed(recipient)
    return {"renamed": renamed, "name_before": name_of(renamed) if renamed else ""}


def describe_recipient(recipient: Recipient, user: User) -> dict[str, Any]:
    """What a payee's and a donor's page say of where the money goes and whether it may."""
    matches = uncleared_matches(recipient)
    return {
        "recipient": recipient,
        "noun": "donor" if isinstance(recipient, Donor) else "payee",
        "versions": add_shown(details_of(recipient), user),
        "holding": find_details(recipient, on=timezone.localdate()),
        "waiting_details": find_waiting_details(recipient),
        "screenings": screenings_of(recipient),
        "matches": matches,
        "can_clear": bool(matches) and bool(find_rights(user)),
        **describe_rename(recipient),
    }


def describe_account(payee: Payee, user: User, *, on: date) -> dict[str, Any]:
    """What who decides on a payment looks at: the account that holds on its day, and what speaks against it."""
    holding = find_details(payee, on=on)
    approved_at = holding.decided_at if holding else None
    return {
        "holding": add_shown([holding], user)[0] if holding else None,
        "is_young": bool(approved_at) and timezone.localdate() - timezone.localdate(approved_at) < YOUNG,
        "waiting_details": find_waiting_details(payee),
        "matches": uncleared_matches(payee),
        "screening": screenings_of(payee).first(),
    }


class RecipientForm(FormPage):
    """A small form that adds something to a payee or, with `model` as the address has it, to a donor."""

    template_name = "fund/form.html"
    model: ClassVar[type[Payee] | type[Donor]] = Payee
    title: ClassVar[str | Promise]

    @cached_property
    def recipient(self) -> Any:
        return get_object_or_404(self.model, code=self.kwargs["code"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        recipient = self.recipient
        back = (recipient.name, recipient.get_absolute_url())
        return super().get_context_data(title=self.title % {"name": recipient}, back=back, **context)


class BankDetailsNew(RecipientForm):
    """The form of bank details, or of a change of them, with what holds now beside it."""

    template_name = "fund/bank_details_form.html"
    permission_required = "fund.add_bankdetails"
    title = _("Bank details of %(name)s")
    success_message = _("{} is prepared and awaits another person's approval.")
    extra_context = {
        "submit": _("Prepare"),
        "busy": _("Preparing…"),
        "lead": _("They hold once another person approved them; until then, those before do."),
    }

    @cached_property
    def holding(self) -> BankDetails | None:
        return details_of(self.recipient).filter(state=State.APPROVED).first()

    def make_form(self, data: Any = None) -> forms.Form:
        return BankDetailsForm(data, initial=to_initial(self.holding))

    def act(self, form: Any, formsets: list[Any]) -> BankDetails:
        facts = form.cleaned_data
        valid_from, note = facts.pop("valid_from"), facts.pop("note")
        return prepare_bank_details(
            self.recipient, facts=Account(**facts), valid_from=valid_from, note=note, by=self.user
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        holding = add_shown([self.holding], self.user)[0] if self.holding else None
        return super().get_context_data(holding=holding, **context)


class BankDetailsPage(DecidedPage[BankDetails]):
    """Bank details beside those before them, who asked for them, and who decides."""

    model = BankDetails
    queryset = BankDetails.objects.select_related("payee", "donor", "created_by", "decided_by")
    template_name = "fund/bank_details_detail.html"
    permission_required = "fund.view_bankdetails"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        before = find_before(self.object)
        pair = add_shown([self.object, before] if before else [self.object], self.user)
        shown = {"before": before, "rows": compare(pair[0], before), "name_before": name_of(self.object)}
        return super().get_context_data(**shown, **context)


def compare(details: Any, before: Any) -> list[tuple[str | Promise, str, str, bool]]:
    """Each fact in words: before, now, and whether it changed."""
    new, old = _tell(details), _tell(before) if before else []
    if not old:
        return [(label, "", shown, False) for label, shown, _fact in new]
    return [(label, was, shown, fact != had) for (label, shown, fact), (_label, was, had) in zip(new, old, strict=True)]


def _tell(details: Any) -> list[tuple[str | Promise, str, str]]:
    """The facts of bank details: label, what is shown, and what tells a change of it: two numbers may end alike."""
    country = country_names().get(details.country, details.country)
    asked = details.created_by.get_full_name() or details.created_by.get_username()
    return [
        (_("Account holder"), details.holder, details.holder),
        (_("Account"), details.shown, details.account),
        (_("BIC"), details.bic or "–", details.bic),
        (_("Bank"), details.bank, details.bank),
        (_("Country of the bank"), country, details.country),
        (_("Currency"), details.currency, details.currency),
        (_("Holds from"), details.valid_from.isoformat(), ""),
        (_("Asked for by"), asked, ""),
    ]


class BankDetailsApprove(ApprovePage, BankDetailsPage):
    """Approves bank details at a press."""

    done = _("{} is approved.")


class BankDetailsReject(RejectPage):
    """Asks why bank details are rejected, and rejects them."""

    model = BankDetails


class ScreeningNew(RecipientForm):
    """Records what a list of sanctions has of a payee or a donor."""

    permission_required = "fund.add_screening"
    title = _("Screening of %(name)s")
    success_message = _("The screening is recorded: {}.")
    extra_context = {"submit": _("Record"), "busy": _("Recording…")}

    def make_form(self, data: Any = None) -> forms.Form:
        return ScreeningForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Any:
        return record_screening(self.recipient, **form.cleaned_data, by=self.user)

    def get_success_url(self, made: Any) -> str:
        url: str = self.recipient.get_absolute_url()
        return url


class MatchClear(Deciding, RecipientForm):
    """Asks why a match is none, and clears it."""

    title = _("Clear the match of %(name)s")
    success_message = _("It is recorded: {}.")
    extra_context = {
        "submit": _("Clear the match"),
        "busy": _("Clearing…"),
        "lead": _("Payments can be made again. Who recorded the match does not clear it."),
    }

    def make_form(self, data: Any = None) -> forms.Form:
        return ClearingForm(data)

    def act(self, form: Any, formsets: list[Any]) -> Any:
        return clear_match(self.recipient, **form.cleaned_data, by=self.user)

    def get_success_url(self, made: Any) -> str:
        url: str = self.recipient.get_absolute_url()
        return url
