"""The journal: the list of its entries, and the page of one."""

from typing import Any

from django.http import Http404

from fund.filters.entries import EntryFilter
from fund.queries.entries import add_facts, find_entry
from fund.views.pages import ListPage, PlainPage
from ledger.queries import entries


class EntryList(ListPage):
    """Every entry with its documents and what it moves."""

    template_name = "fund/entry_list.html"
    permission_required = "fund.view_auditrecord"
    # What a list does not show is not read: texts and hashes are most of an entry.
    queryset = (
        entries()
        .select_related(None)
        .defer("text", "sha256", "previous_sha256")
        .prefetch_related("links", "reverses", "reversals")
    )
    filterset_class = EntryFilter
    orderings = {"dated_on": ("dated_on",), "number": ("year", "sequence")}
    default_ordering = "-dated_on"

    def add_to_rows(self, rows: list[Any], context: dict[str, Any]) -> None:
        add_facts(rows)


class EntryDetail(PlainPage):
    """An entry as it stands in the chain: its postings, its Beancount text, its hash and the one before."""

    template_name = "fund/entry_detail.html"
    permission_required = "fund.view_auditrecord"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        entry = find_entry(self.kwargs["number"])
        if entry is None:
            raise Http404(f"No entry has the number {self.kwargs['number']}.")
        return super().get_context_data(entry=entry, **context)
