"""Write-offs: prepared on what an agreement owes, decided by another person."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from fund.errors import ValueInvalid
from fund.forms.corrections import WriteOffForm
from fund.models import Agreement, WriteOff
from fund.operations.write_offs import prepare_write_off
from fund.queries.agreements import Due, add_dues, owes, with_next_due
from fund.views.decisions import ApprovePage, DecidedPage, RejectPage
from fund.views.pages import FormPage, find_asked
from fund.views.records import RecordDetail
from fund.views.runs import describe_new
from ledger.money import Amount

# As many agreements can be chosen, those that are due first; the others from their own pages.
MOST = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """What a correction can be of: its name, whose it is, how much there is, and where it goes on."""

    name: str
    donor: str
    amount: Amount
    url: str


class CorrectionDetail(DecidedPage[Any], RecordDetail):
    """A correction with its lines, its entries, and the buttons of who decides."""

    template_name = "fund/correction_detail.html"


class WriteOffDetail(CorrectionDetail):
    """A write-off: what of which instalments, and why."""

    model = WriteOff


class WriteOffNew(FormPage):
    """Writes off what is open of the agreement that the address names; without one, asks of which."""

    template_name = "fund/form.html"
    permission_required = "fund.add_writeoff"
    success_message = _("{} is prepared and awaits another person's approval.")
    extra_context = describe_new(WriteOff, submit=_("Prepare"), busy=_("Preparing…"))

    @cached_property
    def agreement(self) -> Agreement | None:
        found = Agreement.objects.filter(cancelled_on=None).select_related("donor")
        return find_asked(found, self.request.GET.get("agreement"))

    @cached_property
    def open_dues(self) -> list[Due]:
        """The instalments of which something is owed, the earliest due first."""
        [found] = add_dues([self.agreement], today=timezone.localdate()) if self.agreement else [None]
        return [due for due in found.dues.instalments if due.standing.outstanding > 0] if found else []

    def get_template_names(self) -> list[str]:
        return [self.template_name if self.open_dues else "fund/correction_choose.html"]

    def make_form(self, data: Any = None) -> forms.Form:
        return WriteOffForm(data, dues=self.open_dues, named=self.request.GET.get("instalment", ""))

    def act(self, form: Any, formsets: list[Any]) -> WriteOff:
        if self.agreement is None:
            raise ValueInvalid("Choose the agreement first.")
        return prepare_write_off(self.agreement, **form.cleaned_data, by=self.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.open_dues:
            return super().get_context_data(choices=_find_choices(), heading=_("Outstanding"), **context)
        facts = {"agreement": self.agreement, "donor": self.agreement.donor if self.agreement else ""}
        lead = _t("%(donor)s · What of %(agreement)s will not be paid. Another person approves it.") % facts
        return super().get_context_data(lead=lead, **context)


def _find_choices() -> list[Choice]:
    """The agreements that owe something, the earliest due first."""
    owing = with_next_due(Agreement.objects.filter(owes(), cancelled_on=None)).order_by("next_due", "number")
    found = add_dues(owing.select_related("donor")[:MOST], today=timezone.localdate())
    return [
        Choice(
            one.number,
            str(one.donor),
            Amount(one.dues.standing.outstanding, one.dues.standing.currency),
            f"{reverse('fund:write-off-new')}?agreement={one.number}",
        )
        for one in found
    ]


class WriteOffApprove(ApprovePage, WriteOffDetail):
    """Approves a write-off at a press."""


class WriteOffReject(RejectPage):
    """Asks why a write-off is rejected, and rejects it."""

    model = WriteOff
