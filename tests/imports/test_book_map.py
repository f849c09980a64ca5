import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.errors import MapUnfit
from imports.parsers.book_map import EQUITY, BookMap, parse_map, render_map, suggest_name
from ledger.accounts import check_name

MAP = b"""
default_fund = "GENERAL"

[funds]
"Assets:US" = "POOL"
"Assets:US:Bank" = "AGR-2026-0001"
"Income:" = "POOL"

[accounts]
"Assets:US" = "Assets:America"
"""


@pytest.mark.parametrize(
    ("account", "fund"),
    [
        ("Assets:US:Bank:Main", "AGR-2026-0001"),
        ("Assets:US:Cash", "POOL"),
        ("Assets:US", "POOL"),
        ("Assets:USA", "GENERAL"),
        ("Income:Gifts", "POOL"),
    ],
)
def test_the_longest_beginning_gives_the_sub_fund(account: str, fund: str):
    assert parse_map(MAP).fund_of(account) == fund


def test_a_new_name_replaces_the_beginning_of_names():
    assert parse_map(MAP).rename("Assets:US:Bank") == "Assets:America:Bank"
    assert parse_map(MAP).rename("Assets:USA") == "Assets:USA"


def test_what_a_map_leaves_out_has_a_default():
    assert parse_map(b'default_fund = "POOL"') == BookMap("POOL", {}, {}, EQUITY)


def test_keys_that_no_account_begins_with_are_found():
    assert list(parse_map(MAP).find_unused(["Assets:US:Cash", "Income:Gifts"])) == ['funds."Assets:US:Bank"']


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (b"", ['default_fund: write the code of a sub-fund in quotation marks, such as "GENERAL".']),
        (b'default_fund = "G"\n[funds\n', ["It is not TOML: "]),
        (b"default_fund = '\xff'", ["It is not UTF-8: save it as UTF-8."]),
        (
            b'default_fund = "G"\nfund = "G"',
            ["fund: a map has default_fund, equity, funds, accounts, and nothing else."],
        ),
        (b'default_fund = "G"\nfunds = "G"', ["funds: write [funds] and a line for each account below it."]),
        (b'default_fund = "G"\nequity = "Assets:A"', [f"equity: write an account of Equity, such as {EQUITY}."]),
        (
            b'default_fund = 1\n[funds]\n"Assets:A" = "pool"\n[accounts]\n"Assets:B" = "Assets:b"',
            [
                "default_fund: ",
                'funds."Assets:A": write the code of a sub-fund',
                'accounts."Assets:B": Assets:b is not',
            ],
        ),
    ],
)
def test_what_a_map_cannot_say_is_refused_with_its_key(text: bytes, problems: list[str]):
    with pytest.raises(MapUnfit) as refused:
        parse_map(text)
    assert len(refused.value.problems) == len(problems)
    assert all(said.startswith(start) for said, start in zip(refused.value.problems, problems, strict=True))


def test_a_map_to_begin_with_is_a_map():
    found = parse_map(render_map(["Assets:A", "Assets:É"], {"Assets:É": "Assets:E"}).encode())
    assert found == BookMap("GENERAL", {"Assets:A": "GENERAL", "Assets:É": "GENERAL"}, {"Assets:É": "Assets:E"})


@given(st.lists(st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20), min_size=1, max_size=4))
def test_a_suggested_name_is_one_that_ours_takes_and_is_not_taken(parts: list[str]):
    account, taken = ":".join(["Assets", *parts]), {"Assets:Renamed"}
    assert check_name(suggest_name(account, taken)) != check_name(suggest_name(account, taken))
    assert tomllib.loads(render_map([account], {}))["funds"] == {account: "GENERAL"}
