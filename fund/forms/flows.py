"""What of the money is followed, and between which days."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fund.forms.choices import all_fund_choices, named_project_choices
from fund.forms.donors import named_donor_choices
from fund.forms.fields import DayField
from fund.models import Agreement, Donor, Pledge, Receipt
from fund.queries.flows import Asked

_ANY = ("", _("Any"))


class PeriodForm(forms.Form):
    """Between which days money is followed: without the first from the beginning, without the last until today."""

    since = DayField(label=_("Spent from"), required=False)
    until = DayField(label=_("To the end of"), required=False, past=True)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until") or timezone.localdate()
        if since and since > until:
            raise ValidationError({"since": _("Choose %(day)s or earlier: the period ends then.") % {"day": until}})
        return cleaned

    def to_asked(self, donor: Donor | None = None) -> Asked:
        """What is asked for; of a form with mistakes, everything until today."""
        known = self.cleaned_data if self.is_valid() else {}
        return Asked(known.get("until") or timezone.localdate(), known.get("since"), donor)


class FlowForm(PeriodForm):
    """Whose money, out of which sub-fund, for which project; or that of one pledge, agreement or receipt."""

    field_order = ("donor", "fund", "project", "of", "since", "until")

    donor = forms.ChoiceField(label=_("Donor"), required=False, choices=lambda: [_ANY, *named_donor_choices()])
    fund = forms.ChoiceField(label=_("Sub-fund"), required=False, choices=lambda: [_ANY, *all_fund_choices()])
    project = forms.ChoiceField(label=_("Project"), required=False, choices=lambda: [_ANY, *named_project_choices()])
    of = forms.CharField(label=_("Pledge, agreement or receipt"), required=False, max_length=20)

    def clean_of(self) -> tuple[Donor, frozenset[str]] | None:
        """The donor of a document, and the numbers of the contributions that it is, or that came of it."""
        number = self.cleaned_data["of"].strip().upper()
        found = _find_contributions(number) if number else None
        if number and not found:
            raise ValidationError(_("No pledge or agreement, and no receipt of one donor, has this number."))
        return found

    def to_asked(self, donor: Donor | None = None) -> Asked:
        until = super().to_asked(donor)
        known = self.cleaned_data if self.is_valid() else {}
        of, chosen = known.get("of"), known.get("donor")
        whose = of[0] if of else Donor.objects.get(code=chosen) if chosen else None
        fund, project = known.get("fund", ""), known.get("project", "")
        return Asked(until.until, until.since, whose, fund, project, of[1] if of else frozenset())


def _find_contributions(number: str) -> tuple[Donor, frozenset[str]] | None:
    agreement = Agreement.objects.filter(number=number).select_related("donor").first()
    if agreement:
        return agreement.donor, frozenset({number})
    pledge = Pledge.objects.filter(number=number).select_related("donor").first()
    if pledge:
        # With its own number, which no contribution has: of a pledge that nothing was signed of, nothing is followed.
        return pledge.donor, frozenset({number, *pledge.agreements.values_list("number", flat=True)})
    receipt = Receipt.objects.filter(number=number).exclude(donor=None).select_related("donor", "agreement").first()
    if receipt and receipt.donor:
        return receipt.donor, frozenset({receipt.agreement.number if receipt.agreement else number})
    return None
