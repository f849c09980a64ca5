"""The forms of advances: the advance, what its partner reports, what a reviewer accepts, what comes back."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices, bank_account_choices, partner_choices
from fund.forms.fields import DayField, PlainAmountField, TwinField, read_amount
from fund.forms.lines import line_formset
from fund.models import AdvanceReportLine, BankAccount, Category
from fund.money import to_amount
from fund.operations.advance_reports import Verdict
from fund.templatetags.money import minor
from ledger.money import Amount, to_decimal


class AdvanceForm(forms.Form):
    """To whom, out of which bank account, and when."""

    partner = forms.ChoiceField(label=_("Partner"), choices=partner_choices)
    bank_account = forms.ChoiceField(label=_("Bank account"), choices=bank_account_choices)
    paid_on = DayField(label=_("Day of payment"), initial=timezone.localdate)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class _AmountLineForm(forms.Form):
    """A line whose amount is in a currency that the page knows."""

    amount = PlainAmountField(label=_("Amount"))

    def __init__(self, *args: Any, currency: str, choices: dict[str, Choices], **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]  # it is a ChoiceField

    def clean_amount(self) -> Amount:
        return read_amount(self.cleaned_data["amount"], self.currency)


class AdvanceLineForm(_AmountLineForm):
    """What is taken of a sub-fund for a project, in the currency of the bank account."""

    fund = forms.ChoiceField(label=_("Sub-fund"))
    project = forms.ChoiceField(label=_("Project"))
    field_order = ("fund", "project", "amount")


class ReportLineForm(_AmountLineForm):
    """What was spent of a line of the advance in one category, in the advance's currency."""

    line = forms.ChoiceField(label=_("Of the advance"))
    category = forms.ChoiceField(label=_("Category"), choices=[BLANK, *Category.choices])
    field_order = ("line", "category", "amount")


AdvanceLines = line_formset(AdvanceLineForm)
ReportLines = line_formset(ReportLineForm, extra=2)


def open_line_choices(lines: Iterable[Any], currency: str) -> Choices:
    """The lines of an advance of which something is open, by their positions; see `add_open`."""
    text = "{} · {} · {}"
    return [
        (str(line.position), text.format(line.fund, line.project.code, minor(line.open, currency)))
        for line in lines
        if line.open > 0
    ]


class ReportForm(forms.Form):
    """The certified report: when it is booked and who certified it."""

    reported_on = DayField(label=_("Dated"), past=True, initial=timezone.localdate)
    certified_by = forms.CharField(
        label=_("Certified by"), max_length=200, help_text=_("Who signed it for the partner: name and office.")
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=300, help_text=_("Such as the period that it covers.")
    )


class ReviewForm(forms.Form):
    """What is accepted of each line of a report, at first all or what a first reviewer accepted; and why not all."""

    def __init__(self, *args: Any, rows: list[AdvanceReportLine], reviewed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows = rows
        for place, row in enumerate(rows, 1):
            amount = to_amount(row.accepted if reviewed else row.amount)
            label = _t("Accepted, in %(currency)s") % {"currency": amount.currency}
            self.fields[f"accepted-{place}"] = PlainAmountField(label=label, initial=f"{amount.decimal:f}")
            self.fields[f"question-{place}"] = forms.CharField(
                label=_("What is questioned, and why"),
                required=False,
                max_length=300,
                initial=row.question,
                help_text=_("Where less is accepted. The rest stays open on the advance."),
            )

    def lines(self) -> Iterator[tuple[AdvanceReportLine, BoundField, BoundField]]:
        """Each line of the report with its two fields."""
        for place, row in enumerate(self.rows, 1):
            yield row, self[f"accepted-{place}"], self[f"question-{place}"]

    def clean(self) -> dict[str, Any]:
        """The verdicts, in the order of the lines."""
        found = super().clean() or self.cleaned_data
        verdicts = []
        for place, row in enumerate(self.rows, 1):
            name = f"accepted-{place}"
            try:
                accepted = read_amount(found.get(name, "0"), str(row.amount.currency))
            except forms.ValidationError as error:
                self.add_error(name, error)
                continue
            verdicts.append(Verdict(accepted, found.get(f"question-{place}", "")))
        return {"verdicts": verdicts}


class ReturnForm(forms.Form):
    """What the bank says of what came back, and how much of each line it is: at first all that is open."""

    bank_account = forms.ChoiceField(label=_("Bank account"))
    received_on = DayField(label=_("Received on"), past=True, initial=timezone.localdate)
    reference = forms.CharField(label=_("Bank reference"), max_length=60)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    accept_twin = TwinField()

    def __init__(self, *args: Any, lines: list[Any], currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.data.get("accept_twin"):
            self.fields["accept_twin"].widget = forms.HiddenInput()
        self.currency, self.references = currency, {}
        accounts = BankAccount.objects.filter(currency=currency)
        self.fields["bank_account"].choices = [(account.code, str(account)) for account in accounts]  # type: ignore[attr-defined]
        for line in lines:
            name = f"line-{line.position}"
            facts = {"fund": line.fund, "project": line.project.code, "currency": currency}
            label = _t("Of %(fund)s for %(project)s, in %(currency)s") % facts
            initial = f"{to_decimal(line.open, currency):f}"
            self.fields[name] = PlainAmountField(label=label, required=False, initial=initial)
            self.references[name] = line.reference

    def ask_for_twin(self) -> None:
        """Shows the confirmation."""
        self.fields["accept_twin"].widget = forms.CheckboxInput()

    def clean(self) -> dict[str, Any]:
        """The amounts by the references of the lines as `lines`, those that are empty left out."""
        found = super().clean() or self.cleaned_data
        lines: dict[str, Amount] = {}
        for name, reference in self.references.items():
            text = found.pop(name, "")
            if text:
                try:
                    lines[reference] = read_amount(text, self.currency)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return {**found, "lines": lines}
