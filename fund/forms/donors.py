"""The form of a donor, and donors as choices of other forms."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices
from fund.forms.fields import country_choices
from fund.models import Donor, DonorClass, Language


def named_donor_choices() -> Choices:
    """Every donor by its code."""
    return list(Donor.objects.values_list("code", "name"))


def donor_choices() -> Choices:
    """Every donor, or none yet."""
    return [BLANK, *named_donor_choices()]


def _countries() -> Choices:
    return [BLANK, *country_choices()]


def _link_to_new() -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("fund:donor-new"), _t("Add a donor who is not here"))


LINK_TO_NEW = lazy(_link_to_new, SafeString)


class DonorField(forms.ChoiceField):
    """A donor, chosen by name; cleans to the donor itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Donor"), choices=donor_choices, **options)

    def clean(self, value: Any) -> Donor | None:
        code = super().clean(value)
        return Donor.objects.get(code=code) if code else None


class DonorForm(forms.Form):
    """What is said of a donor."""

    name = forms.CharField(label=_("Name"), max_length=200)
    donor_class = forms.ChoiceField(label=_("Class"), choices=[BLANK, *DonorClass.choices])
    country = forms.ChoiceField(label=_("Country"), choices=_countries, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), choices=Language.choices, required=False)


class NewDonorForm(DonorForm):
    """A donor with its code, which accounts carry and which never changes."""

    field_order = ("code", "name", "donor_class", "country", "language")

    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        help_text=_("Capital letters, digits and hyphens, such as CAN or ACME-INC. It stays: accounts carry it."),
    )
