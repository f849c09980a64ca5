"""What goes with a book, for whoever checks it without this software: a page of explanation and the chain's program."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from string import Template
from textwrap import wrap

from ledger import queries
from ledger.folder import CHAIN, EXPLANATION
from ledger.named_queries import NamedQuery, render
from ledger.queries import Scope

_ENCLOSURES = Path(__file__).with_name("enclosures")
_WIDTH = 80


def read_chain_program() -> str:
    """The program that follows the chain through a book."""
    return (_ENCLOSURES / CHAIN).read_text(encoding="utf-8")


def explain(*, title: str, entries: int, head: str, named: Iterable[NamedQuery], until: date | None) -> str:
    """The page, with the figures of the book."""
    template = Template((_ENCLOSURES / EXPLANATION).read_text(encoding="utf-8"))
    functional = queries.functional_currency()
    whole = queries.totals(Scope(until=until), by=("currency",))
    return template.substitute(
        title=" ".join(title.split()),
        entries=entries,
        extent=f" dated up to {until}" if until else "",
        debit=render(sum(total.debit for total in whole), functional),
        credit=render(sum(total.credit for total in whole), functional),
        head=head,
        functional=functional,
        queries="\n".join(line for query in named for line in _describe(query)),
    )


def _describe(query: NamedQuery) -> Iterator[str]:
    yield from wrap(f"{query.name}: {query.answers}", _WIDTH, initial_indent="    ", subsequent_indent="      ")
    if query.example:
        # Not wrapped: it is a row of the answer, to be found there.
        yield f"      {' | '.join(query.example)}"
