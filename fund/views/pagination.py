"""Pages of lists that may be long: what a page costs does not grow with the list."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

# Nobody turns so many pages: who looks for more narrows the list down.
MOST = 10_000


class LongListPaginator(Paginator[Any]):
    """Counts and shows the first 10,000 of a list; `has_more` is true where there are others."""

    @cached_property
    def _found(self) -> int:
        if isinstance(self.object_list, QuerySet):
            # Without the order, that only what is counted is read.
            return self.object_list.order_by()[: MOST + 1].count()
        return len(self.object_list)

    @cached_property
    def count(self) -> int:
        """How many can be shown."""
        return min(self._found, MOST)

    @property
    def has_more(self) -> bool:
        """Whether the list goes on after what can be shown."""
        return self._found > MOST
