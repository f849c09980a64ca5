"""The form of a disbursement, and the one that rejects it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import BLANK, Choices, bank_account_choices
from fund.forms.fields import DayField, PlainAmountField, read_amount
from fund.forms.lines import line_formset
from fund.forms.payees import PayeeNameField
from fund.models import Category
from ledger.money import Amount


class DisbursementForm(forms.Form):
    """Who is paid, out of which bank account, and when."""

    payee = PayeeNameField()
    bank_account = forms.ChoiceField(label=_("Bank account"), choices=bank_account_choices)
    paid_on = DayField(label=_("Day of payment"), initial=timezone.localdate)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class DisbursementLineForm(forms.Form):
    """What is charged to a sub-fund for a project, in the currency of the bank account."""

    fund = forms.ChoiceField(label=_("Sub-fund"))
    project = forms.ChoiceField(label=_("Project"))
    category = forms.ChoiceField(label=_("Category"), choices=[BLANK, *Category.choices])
    obligation = forms.ChoiceField(
        label=_("Obligation"),
        required=False,
        error_messages={"invalid_choice": _("Nothing of %(value)s is open: it is paid or cancelled.")},
    )
    amount = PlainAmountField(label=_("Amount"))

    def __init__(
        self,
        *args: Any,
        funds: Choices,
        projects: Choices,
        obligations: Choices,
        currency: str,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.currency = currency
        if obligations:
            self.fields["obligation"].choices = obligations  # type: ignore[attr-defined]  # it is a ChoiceField
        else:
            del self.fields["obligation"]
        self.fields["fund"].choices = funds  # type: ignore[attr-defined]  # it is a ChoiceField
        self.fields["project"].choices = projects  # type: ignore[attr-defined]

    def clean_amount(self) -> Amount:
        return read_amount(self.cleaned_data["amount"], self.currency)


DisbursementLines = line_formset(DisbursementLineForm)
