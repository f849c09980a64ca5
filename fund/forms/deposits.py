"""The forms of deposits: what the bank says, what its parts are of, and what unapplied money is applied to."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices, bank_account_choices
from fund.forms.fields import DayField, PlainAmountField, read_amount
from fund.forms.lines import BaseLines, filled_lines, line_formset
from fund.forms.receipts import ReceiptForm
from fund.models import BankAccount
from fund.operations.applications import Word
from fund.operations.deposits import Part
from fund.queries.places import Place, find_place, open_places
from fund.queries.unapplied import Waiting
from fund.templatetags.money import money
from ledger.money import Amount


class DepositForm(ReceiptForm):
    """A deposit whose sender is not known, or that has several parts."""

    field_order = ("bank_account", "received_on", "amount", "reference", "note", "accept_twin")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["charges"]

    def clean(self) -> None:
        super().clean()
        self.cleaned_data["charges"] = None


class ExcessForm(forms.Form):
    """The confirmation that what is more than owed waits."""

    accept_excess = forms.BooleanField(
        label=_("Keep what is more than owed as unapplied, until the donor says what it is for"), required=False
    )


class PartsForm(DepositForm, ExcessForm):
    """A deposit in parts."""


class IdentifyForm(ExcessForm):
    """When a deposit was identified."""

    on = DayField(label=_("Identified on"), past=True, initial=timezone.localdate)


class PartForm(forms.Form):
    """A part of a deposit, in its currency, and what it settles where the agreement is in another one."""

    place = forms.ChoiceField(label=_("What it is of"))
    amount = PlainAmountField(label=_("Amount"), required=False)
    settles = PlainAmountField(label=_("Settles"), required=False)

    def __init__(self, *args: Any, places: Choices, currency: str, whole: Amount | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency, self.whole = currency, whole
        self.fields["place"].choices = places  # type: ignore[attr-defined]  # it is a ChoiceField

    def clean_place(self) -> Place:
        place = find_place(self.cleaned_data["place"])
        if place is None:
            raise ValidationError(_("It is there no more: choose another one."))
        return place

    def clean_amount(self) -> Amount | None:
        text = self.cleaned_data["amount"]
        return read_amount(text, self.currency) if text and self.currency else None

    def clean(self) -> None:
        place, text = self.cleaned_data.get("place"), self.cleaned_data.get("settles")
        if not (place and text):
            return
        if place.instalment is None:
            self.add_error("settles", _("A gift settles nothing: leave this empty."))
            return
        try:
            self.cleaned_data["settles"] = read_amount(text, str(place.instalment.amount.currency))
        except ValidationError as wrong:
            self.add_error("settles", wrong)


class BaseParts(BaseLines):
    """The parts. One alone may leave its amount empty: it is the whole."""

    def to_parts(self, whole: Amount) -> list[Part]:
        """The filled lines, as the operations take them."""
        lines = filled_lines(self)
        parts = []
        for values in lines:
            amount = values["amount"] or (whole if len(lines) == 1 else Amount(0, whole.currency))
            place = values["place"]
            parts.append(Part(place.donor, amount, place.instalment, values["settles"] or None))
        return parts


PartLines = line_formset(PartForm, base=BaseParts)


def place_choices() -> Choices:
    """Every open instalment with what it is owed, and a gift of each donor."""
    return [BLANK, *((place.key, name_place(place)) for place in open_places())]


def name_place(place: Place) -> str:
    """What a place is called: AGR-2026-0001/1 · Canada · USD 6,000.00 owed, due 2026-03-01."""
    if place.instalment is None:
        return _t("Gift of %(donor)s") % {"donor": place.donor}
    owed, day = money(place.owed), place.instalment.due_on
    facts = {"instalment": place.instalment, "donor": place.donor, "owed": owed, "day": day}
    return _t("%(instalment)s · %(donor)s · %(owed)s owed, due %(day)s") % facts


class ApplicationForm(forms.Form):
    """What is applied to what, on which word of the donor."""

    place = forms.ChoiceField(label=_("What the donor says it is for"))
    amount = PlainAmountField(label=_("Amount"))
    settles = PlainAmountField(
        label=_("What it settles"), required=False, help_text=_("Only where the agreement's currency is another one.")
    )
    on = DayField(label=_("Applied on"), past=True, initial=timezone.localdate)
    word = forms.CharField(
        label=_("The donor's word"), max_length=60, help_text=_("The reference of the letter or message.")
    )
    word_on = DayField(label=_("Day of the donor's word"), past=True)
    bank_account = forms.ChoiceField(
        label=_("Bank account that it is in"),
        choices=bank_account_choices,
        required=False,
        help_text=_("The cash goes with it where the sub-fund is another one."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, waiting: Waiting, **options: Any) -> None:
        super().__init__(*args, **options)
        self.waiting = waiting
        donor, own = waiting.instalment.agreement.donor, waiting.instalment.reference
        places = [place for place in open_places(donor) if place.key != own]
        choices = [BLANK, *((place.key, name_place(place)) for place in places)]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]  # it is a ChoiceField

    def clean_amount(self) -> Amount:
        return read_amount(self.cleaned_data["amount"], self.waiting.amount.currency)

    def clean_place(self) -> Place:
        place = find_place(self.cleaned_data["place"])
        assert place
        return place

    def clean_bank_account(self) -> BankAccount | None:
        return BankAccount.objects.filter(code=self.cleaned_data["bank_account"]).first()

    def clean(self) -> None:
        place, text = self.cleaned_data.get("place"), self.cleaned_data.get("settles")
        if not (place and text and place.instalment):
            return
        try:
            self.cleaned_data["settles"] = read_amount(text, str(place.instalment.amount.currency))
        except ValidationError as wrong:
            self.add_error("settles", wrong)

    def to_application(self) -> dict[str, Any]:
        """The cleaned values, as the operation takes them."""
        cleaned = self.cleaned_data
        names = ("amount", "on", "bank_account", "note")
        return {name: cleaned[name] for name in names} | {
            "source": self.waiting.instalment,
            "instalment": cleaned["place"].instalment,
            "settles": cleaned["settles"] or None,
            "word": Word(cleaned["word"], cleaned["word_on"]),
        }
