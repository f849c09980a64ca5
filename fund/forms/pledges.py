"""The form of a pledge, and open pledges as choices of an agreement's form."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices
from fund.forms.donors import LINK_TO_NEW, DonorField
from fund.forms.fields import AmountField, DayField
from fund.models import Pledge
from fund.queries.agreements import with_open
from ledger.money import Amount


class PledgeForm(forms.Form):
    """A promise made in public."""

    donor = DonorField(help_text=LINK_TO_NEW())
    announced_on = DayField(label=_("Announced on"), past=True)
    amount = AmountField(label=_("Amount"))
    expires_on = DayField(
        label=_("Holds until"), required=False, help_text=_("The last day, where the donor named one.")
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=300, help_text=_("Where it was made, for instance.")
    )


class LastDayForm(forms.Form):
    """Until when a pledge holds, and who says so."""

    expires_on = DayField(label=_("Holds until"))
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The donor's letter, for instance."))


def open_pledge_choices() -> Choices:
    """The pledges of which something is open, donor by donor, with what is open; or none."""
    found = with_open(Pledge.objects.select_related("donor")).filter(open__gt=0)
    return [BLANK, *((pledge.number, _describe(pledge)) for pledge in found.order_by("donor__name", "number"))]


def _describe(pledge: Any) -> str:
    left = Amount(pledge.open, str(pledge.amount.currency))
    return _t("%(donor)s · %(pledge)s · %(amount)s open") % {"donor": pledge.donor, "pledge": pledge, "amount": left}


class PledgeField(forms.ChoiceField):
    """An open pledge; cleans to the pledge itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Pledge"), choices=open_pledge_choices, required=False, **options)

    def clean(self, value: Any) -> Pledge | None:
        number = super().clean(value)
        return Pledge.objects.get(number=number) if number else None
