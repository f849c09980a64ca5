"""The forms of amendments and milestones."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.agreements import InstalmentForm
from fund.forms.fields import DayField, PlainAmountField, read_amount
from fund.forms.lines import BaseLines, line_formset
from fund.models import Agreement, Milestone
from fund.money import to_amount
from fund.operations.amendments import Term
from fund.queries.agreements import Due, last_amendment
from fund.templatetags.money import minor
from ledger.money import Amount
from ledger.queries import functional_currency


class AmendmentForm(forms.Form):
    """When what was agreed, and the last day to spend it where there is an earmark.

    `after` is the last amendment that the form showed: one that came between would be undone.
    """

    amended_on = DayField(label=_("Agreed on"), past=True, initial=timezone.localdate)
    ends_on = DayField(
        label=_("Last day to spend it"), required=False, help_text=_("Left empty, the last day stays as it is.")
    )
    note = forms.CharField(
        label=_("What was agreed"), max_length=300, help_text=_("In a few words, with the letter that says so.")
    )

    after = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, agreement: Agreement) -> None:
        last = last_amendment(agreement)
        super().__init__(data, initial={"ends_on": agreement.ends_on, "after": last.position if last else 0})
        if not agreement.earmarked:
            del self.fields["ends_on"]


class AmendedInstalmentForm(InstalmentForm):
    """An instalment as it is from now on: one that stands, by its reference, or a new one."""

    reference = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].required = True
        self.fields["due_on"].help_text = self.get_initial_for_field(self.fields["reference"], "reference") or ""
        self.fields["amount"].help_text = self.initial.get("standing", "")


class BaseAmended(BaseLines):
    """The instalments of an amendment. One that stands and is removed says something: it is lowered to nothing."""

    def is_filled(self, line: Any) -> bool:
        return super().is_filled(line) or bool(getattr(line, "cleaned_data", {}).get("reference"))


_Instalments: Any = line_formset(AmendedInstalmentForm, base=BaseAmended)


def make_amended(data: Any, agreement: Agreement, dues: Iterable[Due]) -> Any:
    """The lines of an amendment: every instalment as it stands, and room for a new one."""
    currency = str(agreement.amount.currency)
    initial = [_initial_of(due, currency) for due in sorted(dues, key=lambda due: due.instalment.position)]
    return _Instalments(data, prefix="instalments", initial=initial, form_kwargs={"currency": currency})


def _initial_of(due: Due, currency: str) -> dict[str, Any]:
    amount, received = to_amount(due.instalment.amount), minor(due.standing.received, currency)
    return {
        "reference": due.instalment.reference,
        "due_on": due.instalment.due_on,
        "amount": f"{amount.decimal:f}",
        "standing": _t("%(received)s received") % {"received": received},
    }


def to_terms(formset: Any, agreement: Agreement) -> list[Term]:
    """What the lines make of the instalments, as the operation takes it; a removed one is lowered to nothing."""
    days = dict(agreement.instalments.values_list("reference", "due_on"))
    terms = []
    for line in filter(formset.is_filled, formset):
        values = line.cleaned_data
        reference = values["reference"]
        if values.get("DELETE"):
            # A day that no instalment has is refused with its reference.
            terms.append(Term(days.get(reference, agreement.signed_on), Amount(0, line.currency), reference))
        else:
            terms.append(Term(values["due_on"], values["amount"], reference))
    return terms


class MilestoneForm(forms.Form):
    """What has to be done, by when, and how much becomes income then."""

    title = forms.CharField(label=_("What has to be done"), max_length=200)
    due_on = DayField(label=_("Due on"))
    amount = PlainAmountField(help_text=_("As much of what is deferred becomes income when it is accepted."))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].label = _t("Amount in %(currency)s") % {"currency": functional_currency()}

    def clean_amount(self) -> Amount:
        return read_amount(self.cleaned_data["amount"], functional_currency())


def initial_of(milestone: Milestone | None) -> dict[str, Any]:
    """What the form shows at first where a milestone is planned again."""
    if milestone is None:
        return {}
    amount = to_amount(milestone.amount)
    return {"title": milestone.title, "due_on": milestone.due_on, "amount": f"{amount.decimal:f}"}


class AcceptanceForm(forms.Form):
    """When a milestone was accepted, and on what grounds."""

    on = DayField(label=_("Accepted on"), past=True, initial=timezone.localdate)
    note = forms.CharField(
        label=_("On what grounds"), max_length=300, help_text=_("Such as the report that shows it, and who read it.")
    )
