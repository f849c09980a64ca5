"""The forms of attachments."""

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from fund.file_types import ALLOWED

_ACCEPTED = ",".join(f".{extension}" for found in ALLOWED.values() for extension in found.extensions)


class AttachmentForm(forms.Form):
    """A file and what it is."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        max_length=255,
        help_text=format_lazy(
            _("PDF, image, Office or OpenDocument file, e-mail or text; at most {size} MB."),
            size=settings.ATTACHMENT_MAX_MB,
        ),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=200,
        help_text=_("What it is: the signed agreement, a bank advice, an invoice."),
    )


class WithdrawalForm(forms.Form):
    """Why an attachment was made in error."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stands beside the file for good."))
