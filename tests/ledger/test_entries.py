from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ledger.entries import Draft, check_draft, find_problems, opposite
from ledger.errors import EntryInvalid
from tests.ledger.drafts import BANK, CHARGES, GIFTS, make_draft, make_foreign_draft, make_leg


def change_leg(draft: Draft, **fields: Any) -> Draft:
    """The draft with other `fields` in its first leg."""
    return replace(draft, legs=(replace(draft.legs[0], **fields), *draft.legs[1:]))


def test_sound_draft_has_no_problem():
    assert find_problems(make_draft(), "USD") == []
    assert find_problems(make_foreign_draft(), "USD") == []


def test_sub_funds_must_each_add_up_to_zero():
    legs = (make_leg(BANK, 100, "POOL"), make_leg(GIFTS, -100, "GENERAL"))
    assert find_problems(make_draft(legs=legs), "USD") == [
        "The postings of sub-fund POOL add up to 100 minor units of USD, not to zero.",
        "The postings of sub-fund GENERAL add up to -100 minor units of USD, not to zero.",
    ]


@pytest.mark.parametrize(
    ("draft", "problem"),
    [
        (make_draft(0), "has no amount"),
        (make_draft(10**15), "too large"),
        (make_draft(legs=()), "at least two postings"),
        (make_draft(links=()), "names the document"),
        (make_draft(links=("A", "A")), "each document once"),
        (make_draft(links=("A B",)), "“A B” is not a document's number"),
        (make_draft(links=("A" * 41,)), "the books take 40"),
        (make_draft(kind=""), "“” is not a kind"),
        (make_draft(kind="k" * 21), "the books take 20"),
        (make_draft(payee="p" * 201), "The payee has 201 characters; the books take 200"),
        (make_draft(narration="n" * 501), "the books take 500"),
        (change_leg(make_draft(), fund=""), "names no sub-fund"),
        (change_leg(make_draft(), fund="PO OL"), "“PO OL” is not a code"),
        (change_leg(make_draft(), project="P" * 41), "at most 40 letters"),
        (change_leg(make_draft(), instalment='A"'), "is not a code"),
        (change_leg(make_draft(), account="Cash"), "Cash is not an account"),
        (change_leg(make_draft(), currency="XXX"), "XXX is not a currency"),
        (change_leg(make_draft(), functional=99_00), "its own functional amount"),
        (change_leg(make_foreign_draft(), functional=-1), "on different sides"),
        (change_leg(make_foreign_draft(), account=CHARGES), "takes USD only"),
    ],
)
def test_problem_is_named(draft: Draft, problem: str):
    assert any(problem in found for found in find_problems(draft, "USD"))


@pytest.mark.parametrize(
    "character", ["\0", "\n", "\r", "\t", "\x85", "\x9f", "\u2028", "\u202e", "\u2066", "\ud800", "\uffff"]
)
@pytest.mark.parametrize("field", ["payee", "narration"])
def test_text_with_a_character_that_cannot_be_seen_is_refused(field: str, character: str):
    fields: dict[str, Any] = {field: f"a{character}b"}
    with pytest.raises(EntryInvalid, match="cannot be printed"):
        check_draft(make_draft(**fields), "USD")


def test_every_problem_is_said_at_once():
    with pytest.raises(EntryInvalid, match=r"no sub-fund.*characters"):
        check_draft(change_leg(make_draft(payee="p" * 201), fund=""), "USD")


def test_reversal_turns_every_leg_and_keeps_the_rest():
    draft = make_foreign_draft()
    turned = opposite(draft, on=date(2026, 3, 1), narration="Wrong", reverses="JE-2026-000001")
    assert [leg.functional for leg in turned.legs] == [-7_500_00, 7_500_00]
    assert [leg.amount for leg in turned.legs] == [-10_000_00, 7_500_00]
    assert (turned.kind, turned.links, turned.reverses) == (draft.kind, draft.links, "JE-2026-000001")
    assert find_problems(turned, "USD") == []
