"""What is asked before a report is made."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.forms.fields import DayField
from ledger.errors import Refused
from reports.statements.period import Period, make_period


class PeriodForm(forms.Form):
    """A period, both days included."""

    since = DayField(label=_("From"))
    until = DayField(label=_("To"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "since" in cleaned and "until" in cleaned:
            try:
                cleaned["period"] = make_period(cleaned["since"], cleaned["until"])
            except Refused as refusal:
                self.add_error(refusal.field or None, refusal.message)
        return cleaned

    @property
    def period(self) -> Period:
        """The period of a valid form."""
        period: Period = self.cleaned_data["period"]
        return period
