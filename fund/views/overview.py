"""The first page: where the fund stands."""

from fund.views.pages import PlainPage


class Overview(PlainPage):
    """Where the fund stands, with what is due."""

    template_name = "fund/overview.html"
    permission_required = "fund.view_agreement"
