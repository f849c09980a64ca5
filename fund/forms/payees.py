"""The forms of payees, and the field of other forms that names one."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK
from fund.forms.fields import country_choices
from fund.models import Payee

# More names would weigh on the page; whoever is not offered can still be typed.
MOST_NAMES = 1_000


class NameInput(forms.TextInput):
    """A box that offers the names of known payees, and says when what is typed is none of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = super().render(name, value, (attrs or {}) | {"list": f"{name}-known", "autocomplete": "off"}, renderer)
        names = list(Payee.objects.values_list("name")[:MOST_NAMES])
        options = format_html_join("", '<option value="{}"></option>', names)
        new = _t("New: it is added as a payee.") if len(names) < MOST_NAMES else ""
        known = '<datalist id="{}-known">{}</datalist><p class="help" role="status" data-unknown="{}"></p>'
        return box + format_html(known, name, options, new)


class PayeeNameField(forms.CharField):
    """The name of a payee, known or new."""

    def __init__(self, **options: Any) -> None:
        help_text = _("Choose a known payee. A name that is not known yet is added as a new one.")
        super().__init__(label=_("Payee"), max_length=200, widget=NameInput(), help_text=help_text, **options)


class PayeeForm(forms.Form):
    """What is said of a payee."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("It stays once an entry has it."))
    country = forms.ChoiceField(label=_("Country"), choices=lambda: [BLANK, *country_choices()], required=False)


class NewPayeeForm(PayeeForm):
    """A payee with its code, which accounts carry and which never changes."""

    field_order = ("name", "code", "country")

    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        required=False,
        help_text=_("Capital letters, digits and hyphens. Left empty, it is made of the name. It stays."),
    )
