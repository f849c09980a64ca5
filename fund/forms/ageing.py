"""The day of the ageing page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fund.forms.fields import DayField


class AgeingForm(forms.Form):
    """At the end of which day; without one, today."""

    on = DayField(label=_("At the end of"), required=False)
