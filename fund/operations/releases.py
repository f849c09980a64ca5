"""What of conditional agreements becomes income because it is spent."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from fund.models import Agreement, Recognition
from fund.policy import Charge, Release
from fund.queries.sub_funds import lowest_deferred


def find_releases(charges: Sequence[Charge], *, on: date) -> list[Release]:
    """What becomes income as conditions are met by spending: as much as is spent, up to what is deferred."""
    spent: defaultdict[str, int] = defaultdict(int)
    for charge in charges:
        spent[charge.fund] += charge.expense
    conditional = Agreement.objects.filter(number__in=spent, recognition=Recognition.AS_CONDITIONS_MET)
    found = []
    for agreement in conditional.select_related("donor").order_by("number"):
        fund = agreement.sub_fund
        amount = min(spent[fund], lowest_deferred(fund, since=on).balance)
        if amount > 0:
            found.append(Release(fund, agreement.donor.code, amount))
    return found
