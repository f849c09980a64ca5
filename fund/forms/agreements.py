"""The form of an agreement with its instalments."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import named_project_choices
from fund.forms.donors import LINK_TO_NEW, DonorField
from fund.forms.fields import AmountField, DayField, PlainAmountField, country_choices, read_amount
from fund.forms.lines import BaseLines, filled_lines, line_formset
from fund.forms.pledges import PledgeField
from fund.models import Project, Recognition
from fund.operations.agreements import Due, Earmark
from fund.recommendations import SECTIONS
from ledger.money import Amount, currencies
from ledger.queries import functional_currency

_LIMITS = ("themes", "projects", "countries", "ends_on")


def section_choices() -> list[tuple[int, str]]:
    """The sections of the recommendations, the fund's themes, by number."""
    return [(section.number, section.title(get_language() or "")) for section in SECTIONS]


class AgreementForm(forms.Form):
    """What was signed. The instalments are lines of their own."""

    donor = DonorField(help_text=LINK_TO_NEW())
    pledge = PledgeField(help_text=_("Of the same donor; what is signed is taken off it."))
    signed_on = DayField(label=_("Signed on"), past=True)
    amount = AmountField(label=_("Amount"))
    reference = forms.CharField(
        label=_("Reference"), required=False, max_length=60, help_text=_("The donor's own number of the agreement.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    recognition = forms.ChoiceField(
        label=_("Income is recognised"),
        choices=(
            (Recognition.ON_SIGNATURE, _("On signature: what is owed is a receivable, and income of that day")),
            (
                Recognition.AS_CONDITIONS_MET,
                _("As conditions are met: deferred until spent, or a milestone accepted"),
            ),
            (Recognition.ON_RECEIPT, _("On receipt: income when the money arrives")),
        ),
        initial=Recognition.ON_SIGNATURE,
        widget=forms.RadioSelect,
    )
    earmarked = forms.BooleanField(
        label=_("Earmarked: a sub-fund of its own"),
        required=False,
        help_text=_("Otherwise the money goes into the pool, which is for every project."),
    )
    themes = forms.TypedMultipleChoiceField(
        label=_("Only for projects that serve one of these themes"),
        choices=section_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    projects = forms.MultipleChoiceField(
        label=_("Only for these projects"),
        choices=named_project_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    countries = forms.MultipleChoiceField(
        label=_("Only for these countries"),
        choices=country_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ends_on = DayField(label=_("Last day to spend it"), required=False)

    def clean(self) -> None:
        if not self.cleaned_data.get("earmarked") and self.has_limits():
            self.add_error("earmarked", _("These limits are of an earmark: tick it, or take them away."))

    def has_limits(self) -> bool:
        """True where the earmark is limited to projects, countries or days, as typed."""
        return any(self[name].value() for name in _LIMITS)

    def to_facts(self) -> dict[str, Any]:
        """The cleaned values, as the operation takes them."""
        facts = {name: value for name, value in self.cleaned_data.items() if name not in ("earmarked", *_LIMITS)}
        if self.cleaned_data["earmarked"]:
            limits = {name: self.cleaned_data[name] for name in _LIMITS}
            limits["projects"] = list(Project.objects.filter(code__in=limits["projects"]))
            facts["earmark"] = Earmark(**limits)
        return facts


class InstalmentForm(forms.Form):
    """One instalment, in the agreement's currency. An empty amount is the whole agreement's."""

    due_on = DayField(label=_("Due on"))
    amount = PlainAmountField(label=_("Amount"), required=False)

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency

    def clean_amount(self) -> Amount | None:
        text = self.cleaned_data["amount"]
        amount = read_amount(text, self.currency) if text else None
        if amount and amount.minor <= 0:
            raise ValidationError(_("An instalment is more than zero."))
        return amount


class BaseInstalments(BaseLines):
    """The instalments of an agreement; one alone may leave its amount empty.

    `whole`, where the agreement's amount is known, is the amount of the first line to begin with.
    """

    def __init__(self, *args: Any, whole: Amount | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.whole = whole

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        options: dict[str, Any] = super().get_form_kwargs(index)
        if index == 0 and self.whole:
            options["initial"] = {"amount": f"{self.whole.decimal:f}"}
        return options

    def clean(self) -> None:
        if len(filled_lines(self)) < 2:
            return
        for line in self.forms:
            values = getattr(line, "cleaned_data", {})
            if values.get("due_on") and not values.get("DELETE") and "amount" in values and not values["amount"]:
                line.add_error("amount", _("Say how much is due on this day."))

    def to_dues(self, whole: Amount) -> list[Due]:
        """The instalments, as the operation takes them."""
        return [Due(line["due_on"], line["amount"] or whole) for line in filled_lines(self)]


_Instalments: Any = line_formset(InstalmentForm, base=BaseInstalments, extra=2)


def make_instalments(data: Any = None, *, whole: Amount | None = None) -> Any:
    """The lines of the instalments, read in the currency that the form names."""
    named = data.get("amount_1", "") if data else ""
    currency = named if named in currencies() else functional_currency()
    return _Instalments(data, prefix="instalments", whole=whole, form_kwargs={"currency": currency})
