"""The form that closes a period."""

from django import forms


class ClosingForm(forms.Form):
    """The period that is due when the form is shown. One that was closed meanwhile is not closed twice."""

    period = forms.CharField(widget=forms.HiddenInput())
