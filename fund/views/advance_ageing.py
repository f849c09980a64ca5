"""How long partners have had what they did not report yet, and which reports are due."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fund.forms.ageing import AgeingForm
from fund.queries.advance_ageing import BANDS, age_advances
from fund.queries.ageing import add_bands
from fund.views.ageing import draw_bands
from fund.views.pages import PlainPage

LABELS: tuple[str | Promise, ...] = (_("0–30 days"), _("31–90 days"), _("91–180 days"), _("Over 180 days"))


class AdvanceAgeing(PlainPage):
    """What partners had at the end of a day, by how long ago it was paid."""

    template_name = "fund/advance_ageing.html"
    permission_required = "fund.view_advance"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("on")
        form = AgeingForm(self.request.GET if asked else None, initial={"on": timezone.localdate()})
        day = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
        partners = age_advances(as_of=day)
        sums = add_bands((partner.functional for partner in partners), BANDS)
        due = [one for partner in partners for one in partner.advances if one.is_due]
        return super().get_context_data(
            form=form,
            day=day,
            partners=partners,
            labels=LABELS,
            sums=sums,
            total=sum(sums),
            due=sum(one.advance.carried for one in due),
            due_after=settings.PARTNER_REPORTS_AFTER_DAYS,
            bars=draw_bands(sums, LABELS),
            **context,
        )
