"""Ageing: how long what donors owe is past due."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.forms.ageing import AgeingForm
from fund.queries.ageing import add_bands, find_ageing
from fund.queries.letters import add_reminders
from fund.templatetags.money import minor
from fund.views.pages import PlainPage
from ledger.queries import functional_currency

LABELS: tuple[str | Promise, ...] = (
    _("Not yet due"),
    _("1–30 days"),
    _("31–90 days"),
    _("91–180 days"),
    _("Over 180 days"),
)
# The longer past due, the more it stands out.
_TONES = (1, 2, 4, 5, 3)


class AgeingPage(PlainPage):
    """What donors owe at the end of a day, by how long it is past due."""

    template_name = "fund/ageing.html"
    permission_required = "fund.view_agreement"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("on")
        form = AgeingForm(self.request.GET if asked else None, initial={"on": timezone.localdate()})
        day = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
        donors = find_ageing(as_of=day)
        add_reminders([one for donor in donors for aged in donor.agreements for one in aged.overdue])
        sums = add_bands(donor.functional for donor in donors)
        return super().get_context_data(
            form=form,
            day=day,
            donors=donors,
            labels=LABELS,
            sums=sums,
            total=sum(sums),
            overdue=sum(sums[1:]),
            bars=draw_bands(sums),
            **context,
        )


def draw_bands(sums: Sequence[int], labels: Sequence[str | Promise] = LABELS) -> list[dict[str, Any]]:
    """A bar for each band, the last one in the strongest tone."""
    largest, currency = max(1, *sums), functional_currency()
    return [
        {"label": label, "amount": minor(amount, currency), "width": max(amount, 0) * 1000 // largest, "tone": tone}
        for label, amount, tone in zip(labels, sums, _TONES[-len(labels) :], strict=True)
    ]
