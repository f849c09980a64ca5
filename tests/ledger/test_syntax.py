from datetime import date
from decimal import Decimal

import pytest

from ledger import syntax
from ledger.money import Amount
from ledger.syntax import OpenAccount, Stamp
from tests.ledger.drafts import make_draft, make_foreign_draft, make_leg

STAMP = Stamp("JE-2026-000001", "2026-01-15T10:00:00Z", "officer")
DAY = date(2026, 1, 1)
ENTRY = syntax.render_entry(make_draft(), STAMP, "USD")


def test_entry_carries_its_facts_as_beancount_text():
    text = syntax.render_entry(make_foreign_draft(reverses="JE-2025-000009"), STAMP, "USD")
    assert text == (
        '2026-01-15 * "Canada" "Gift" #receipt ^RCT-2026-0001\n'
        '  number: "JE-2026-000001"\n'
        '  posted_at: "2026-01-15T10:00:00Z"\n'
        '  posted_by: "officer"\n'
        '  reverses: "JE-2025-000009"\n'
        "  Assets:Bank:RBC-CAD                          10000.00 CAD @@ 7500.00 USD\n"
        '    fund: "POOL"\n'
        "  Income:Contributions:CAN                     -7500.00 USD\n"
        '    fund: "POOL"\n'
    )


def test_leg_names_its_project_and_instalment():
    leg = make_leg("Assets:Receivable:CAN", 1, project="CYB-01", instalment="AGR-2026-0001/1")
    text = syntax.render_entry(make_draft(legs=(leg, leg.opposite())), STAMP, "USD")
    assert '    project: "CYB-01"\n    instalment: "AGR-2026-0001/1"\n' in text


def test_string_is_quoted_so_that_it_ends_where_it_should():
    assert syntax.quote('a "b" \\') == '"a \\"b\\" \\\\"'


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (syntax.render_open(OpenAccount("Assets:A"), DAY), "2026-01-01 open Assets:A"),
        (syntax.render_open(OpenAccount("Assets:A", "CAD"), DAY), "2026-01-01 open Assets:A CAD"),
        (syntax.render_price(DAY, "CAD", Decimal("0.73"), "USD"), "2026-01-01 price CAD 0.73 USD"),
        (syntax.render_price(DAY, "IDR", Decimal("6E-5"), "USD"), "2026-01-01 price IDR 0.00006 USD"),
        (syntax.render_commodity("CAD", DAY), '2026-01-01 commodity CAD\n  name: "Canadian Dollar"'),
        (
            syntax.render_budget("Expenses:A", "yearly", Amount(100, "USD"), DAY),
            '2026-01-01 custom "budget" Expenses:A "yearly" 1.00 USD',
        ),
    ],
)
def test_directive_is_one_line(line: str, text: str):
    assert line == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        'plugin "os"\n',
        '2026-01-01 * "a" "b"\n  Assets:A  1 USD\ninclude "/etc/passwd"\n',
        '2026-01-01 * "a" "b"\n  Assets:A  1 USD\n\n',
        '2026-01-01 open Assets:A\n  name: "x"\n',
        ENTRY + '  include "/x"\n',
        ENTRY + '    a: "x" include "/x"\n',
        ENTRY + '    a: "x"\rplugin "x"\n',
        ENTRY + '  Assets:A 1 USD include "/x"\n',
        ENTRY + "    a: 5\n",
        ENTRY.replace("Gift", 'a" include "/x'),
        ENTRY.replace("Gift", "a\nb"),
    ],
)
def test_text_that_can_hold_another_directive_is_no_entry(text: str):
    assert not syntax.is_entry(text)


@pytest.mark.parametrize("words", ['a "b" \\', "\\", '"', "Áñ – 中", "x" * 500, ""])
def test_what_is_rendered_is_an_entry(words: str):
    draft = make_foreign_draft(narration=words, payee=words, links=("A", "B/1.x_y-z"), reverses="JE-2025-000009")
    assert syntax.is_entry(syntax.render_entry(draft, STAMP, "USD"))
    assert syntax.is_entry(syntax.render_entry(make_draft(links=()), STAMP, "USD"))
