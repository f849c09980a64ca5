"""Books of somebody else that were opened in ours."""

from typing import Any

from django.views.generic import DetailView

from fund.filters.opened_books import OpenedBookFilter
from fund.models import OpenedBook
from fund.queries.history import load_history
from fund.views.pages import ListPage, Page
from ledger.queries import entries_of

# A book may have a hundred thousand entries; the journal lists them all.
_FIRST = 10


class OpenedBookList(ListPage):
    """Every opened book."""

    template_name = "fund/opened_book_list.html"
    permission_required = "fund.view_openedbook"
    model = OpenedBook
    filterset_class = OpenedBookFilter
    orderings = {"number": ("number",), "begins_on": ("begins_on", "number"), "file_name": ("file_name", "number")}
    default_ordering = "-begins_on"


class OpenedBookDetail(Page, DetailView[OpenedBook]):
    """An opened book: its file, how much of it is in ours, its first entries and its history. It has no chain."""

    queryset = OpenedBook.objects.select_related("created_by")
    template_name = "fund/opened_book_detail.html"
    permission_required = "fund.view_openedbook"
    slug_field = slug_url_kwarg = "number"
    context_object_name = "document"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        number = self.object.number
        return super().get_context_data(
            entries=entries_of(number).order_by("pk")[:_FIRST],
            has_more=self.object.entries > _FIRST,
            history=load_history(number),
            **context,
        )
