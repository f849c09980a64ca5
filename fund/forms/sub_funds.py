"""The search above the list of sub-funds."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SubFundSearch(forms.Form):
    """By words: the code of the sub-fund, the donor's name."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
