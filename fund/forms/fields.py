"""Form fields for amounts, days, codes and countries."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from babel.core import get_global
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.countries import country_names
from ledger.errors import Refused
from ledger.money import Amount, currencies, parse_amount
from ledger.queries import functional_currency

_AMOUNT_ATTRS = {"inputmode": "decimal", "autocomplete": "off", "class": "amount"}


def date_input() -> forms.DateInput:
    """A day, picked or typed."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day. `past=True` refuses a day that has not come yet."""

    default_error_messages = {"invalid": _("Enter a valid date. Write it like 2026-03-31.")}

    def __init__(self, *, past: bool = False, **options: Any) -> None:
        self.past = past
        options.setdefault("widget", date_input())
        super().__init__(input_formats=["%Y-%m-%d"], **options)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        today = timezone.localdate()
        if self.past and day and day > today:
            raise ValidationError(_("This day has not come yet: %(today)s or earlier.") % {"today": today})
        return day


def currency_choices() -> list[tuple[str, str]]:
    """The currencies of today, the functional one first. Those of the past are still read, of files and old books."""
    functional = functional_currency()
    others = sorted(_circulating_currencies().intersection(currencies()) - {functional})
    return [(code, code) for code in (functional, *others)]


# Bulgaria took the euro on 1 January 2026, which Babel does not know yet.
_ENDED_SINCE = {"BGN"}


@cache
def _circulating_currencies() -> frozenset[str]:
    """The currencies that are legal tender somewhere today."""
    of_territories = get_global("territory_currencies").values()
    found = {code for rows in of_territories for code, _since, until, tender in rows if tender and not until}
    return frozenset(found - _ENDED_SINCE)


class AmountWidget(forms.MultiWidget):
    """Two boxes, the amount and its currency."""

    def __init__(self) -> None:
        amount = forms.TextInput(attrs={**_AMOUNT_ATTRS, "aria-label": _("Amount")})
        currency = forms.Select(attrs={"class": "currency", "aria-label": _("Currency")}, choices=currency_choices())
        super().__init__([amount, currency])
        self.use_fieldset = True

    def decompress(self, value: Any) -> list[str]:
        if isinstance(value, Amount):
            return [f"{value.decimal:f}", value.currency]
        return ["", functional_currency()]


class AmountField(forms.MultiValueField):
    """An amount with its currency, as an `Amount`. Checks the currency's own number of decimals."""

    def __init__(self, **options: Any) -> None:
        fields = (forms.CharField(), forms.ChoiceField(choices=currency_choices))
        super().__init__(fields, widget=AmountWidget(), require_all_fields=True, **options)

    def compress(self, data_list: list[str]) -> Amount | None:
        return read_amount(data_list[0], data_list[1]) if data_list else None


class PlainAmountField(forms.CharField):
    """An amount whose currency is known from elsewhere: the text itself. `read_amount` makes it an Amount."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs=dict(_AMOUNT_ATTRS)))
        super().__init__(max_length=30, **options)


class TwinField(forms.BooleanField):
    """Whether money like some that is recorded already is another payment."""

    def __init__(self) -> None:
        super().__init__(label=_("This is another payment, not the same money"), required=False)


def read_amount(text: str, currency: str) -> Amount:
    """The Amount of a text. Raises ValidationError, for a form."""
    try:
        return parse_amount(text, currency)
    except Refused as refusal:
        raise ValidationError(refusal.message) from None


class RateField(forms.CharField):
    """A rate as an exact Decimal."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs=dict(_AMOUNT_ATTRS)))
        super().__init__(max_length=20, **options)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        if not text.isascii() or not set(text) <= set("0123456789."):
            raise ValidationError(_("Write the rate with digits and a point, like 0.7525."))
        try:
            return Decimal(text)
        except InvalidOperation:
            raise ValidationError(_("Write the rate with digits and a point, like 0.7525.")) from None


def country_choices() -> Iterable[tuple[str, str]]:
    """Countries by name."""
    return country_names().items()
