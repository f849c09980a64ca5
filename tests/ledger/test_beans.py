from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import beans, syntax
from ledger.entries import Draft, find_problems
from ledger.errors import EntryInvalid, Refused
from ledger.syntax import OpenAccount, Stamp
from tests.ledger.drafts import ACCOUNTS, BANK, drafts, make_draft, make_leg

STAMP = Stamp("JE-2026-000001", "2026-01-15T10:00:00Z", "officer")


def render(draft: Draft, functional: str = "USD") -> str:
    return syntax.render_entry(draft, STAMP, functional)


def check(texts: Sequence[str], wanted: Sequence[Draft], functional: str = "USD") -> None:
    opens = [OpenAccount(name, currency) for name, currency in ACCOUNTS.items()]
    beans.check_entries(texts, wanted, opens=opens, begins_on=date(2025, 1, 1), functional=functional)


@settings(max_examples=150, deadline=None)
@given(st.lists(drafts(), min_size=1, max_size=4))
def test_beancount_reads_back_any_draft_that_the_books_take(wanted: list[Draft]):
    assert [find_problems(draft, "USD") for draft in wanted] == [[]] * len(wanted)
    texts = [render(draft) for draft in wanted]
    check(texts, wanted)
    read = beans.read_entries(texts, "USD")
    assert read == [(replace(draft, links=tuple(sorted(draft.links))), STAMP) for draft in wanted]


def test_total_price_that_divides_badly_still_balances():
    legs = (
        make_leg("Assets:Receivable:CAN", 100, currency="CAD", functional=100),
        make_leg("Assets:Receivable:CAN", 200, currency="CAD", functional=300),
        make_leg("Assets:Bank:RBC-CAD", -300, currency="CAD", functional=-400),
    )
    draft = make_draft(legs=legs)
    check([render(draft)], [draft])


def test_functional_currency_without_decimals_balances():
    legs = (
        make_leg("Assets:Bank:RBC-CAD", 300, currency="CAD", functional=10),
        make_leg("Assets:Advances:UNODC", -10, currency="JPY"),
    )
    draft = make_draft(legs=legs)
    check([render(draft, "JPY")], [draft], "JPY")


def test_beancount_refuses_half_a_cent():
    draft = make_draft()
    with pytest.raises(EntryInvalid, match="does not balance"):
        check([render(draft).replace("-100.00 USD", "-100.004 USD")], [draft])


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (make_draft(legs=(make_leg("Assets:Nowhere", 1), make_leg(BANK, -1))), "Assets:Nowhere"),
        (make_draft(on=date(2024, 12, 31)), "inactive account"),
        (make_draft(legs=(make_leg(BANK, 1, currency="CAD"), make_leg(BANK, -1, currency="CAD"))), "currency CAD"),
    ],
)
def test_beancount_refuses_in_its_own_words(draft: Draft, words: str):
    with pytest.raises(EntryInvalid, match=words):
        check([render(draft)], [draft])


def test_text_that_says_something_else_is_refused():
    draft = make_draft()
    with pytest.raises(EntryInvalid, match="differently"):
        check([render(draft)], [replace(draft, payee="Chile")])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' "Gift"', ' "Gift'),
        ("#receipt", ""),
        ("#receipt", "#receipt #gift"),
        ("100.00 USD", "100.00 USD {2.00 EUR}"),
        ("100.00 USD", "100.00 USD @ 2.00 EUR"),
        ("100.00 USD", "USD"),
        ("100.00 USD", "100.001 USD"),
        ("\n  Income", '\nplugin "os"\n  Income'),
        ("\n  Income", "\n\n  Income"),
        ("2026-01-15 *", "2026-01-15 txn"),
    ],
)
def test_text_that_the_books_would_not_write_is_not_read(old: str, new: str):
    text = render(make_draft())
    assert old in text
    with pytest.raises(Refused):
        beans.read_entries([text.replace(old, new)], "USD")
