"""Advances, reports and returns from the command line, with the same limits as on the pages."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError

from fund.models import Advance, AdvanceReport, AdvanceReturn, Allocation, Payee
from fund.operations.advance_reports import Verdict, review_report
from ledger.queries import entries
from tests.deeds import make_approvers
from tests.fund.advances import FUND, standing
from tests.shorthand import run, usd


def send(*lines: str, partner: str = "unodc") -> str:
    facts = ("--on", "2026-03-20", "--by", "officer", "--key", "a")
    return run("prepare_advance", partner, "CITI-USD", *lines, *facts)


def report(*lines: str, number: str = "ADV-2026-0001") -> str:
    facts = ("--on", "2026-04-10", "--certified-by", "Head", "--by", "officer", "--key", "r")
    return run("record_advance_report", number, *lines, *facts)


def give_back(*lines: str, account: str = "CITI-USD") -> str:
    facts = ("--on", "2026-05-04", "--reference", "B-7", "--by", "officer", "--key", "u")
    return run("record_advance_return", "ADV-2026-0001", account, *lines, *facts)


def test_an_advance_is_prepared_once_for_each_key_and_waits(allocation: Allocation, partner: Payee) -> None:
    before = entries().count()
    first = send(f"{FUND}/CYB-01=1000")
    assert first == "ADV-2026-0001 is prepared and awaits another person's approval.\n"
    assert send(f"{FUND}/CYB-01=1000") == first
    assert (Advance.objects.get().state, entries().count()) == ("prepared", before)


@pytest.mark.parametrize(
    ("lines", "code", "message"),
    [
        ([f"{FUND}/CYB-01=5000.01"], "UNODC", r"CYB-01 has USD 5,000\.00 of AGR-2026-0001 left"),
        ([f"{FUND}/CYB-01"], "UNODC", "Write it like POOL/CYB-01=1500.00"),
        ([f"{FUND}=1"], "UNODC", "is not a project's code"),
        ([f"{FUND}/CYB-01=1"], "NOBODY", "There are: UNODC"),
    ],
)
def test_an_advance_that_is_refused_writes_nothing(
    allocation: Allocation, partner: Payee, lines: list[str], code: str, message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        send(*lines, partner=code)
    assert not Advance.objects.exists()


def test_a_report_waits_for_its_review_and_a_return_is_posted(sent: Advance) -> None:
    assert report("1/Travel=600") == "ADV-2026-0001/R1 is recorded and awaits another person's review.\n"
    assert give_back("1=300") == give_back("1=300") == "ADV-2026-0001/U1 is recorded.\n"
    assert standing() == (0, 700, 4300)


def test_reports_and_returns_that_are_refused_write_nothing(sent: Advance) -> None:
    refused: list[tuple[Any, tuple[str, ...], str]] = [
        (report, ("1/Travel=1000.01",), r"USD 1,000\.00 of .* is open"),
        (report, ("1/Nothing=1",), "not a category"),
        (report, ("2/Travel=1",), "has no line 2. It has: 1"),
        (give_back, ("1=1000.01",), "is open"),
        (give_back, ("1=1", "1=2"), "named twice"),
        (give_back, ("1=x",), "is not an amount"),
    ]
    for act, lines, message in refused:
        with pytest.raises(CommandError, match=message):
            act(*lines)
    with pytest.raises(CommandError, match="ADV-2026-0009 is not the number"):
        report("1/Travel=1", number="ADV-2026-0009")
    assert (AdvanceReport.objects.count(), AdvanceReturn.objects.count()) == (0, 0)


def test_what_partners_have_is_printed_by_age(sent: Advance) -> None:
    table = run("advance_ageing", "--on", "2026-06-18")
    assert all(text in table for text in ("UNODC", "ADV-2026-0001", "2026-06-18", "1,000.00"))
    assert run("advance_ageing", "--on", "2026-06-18", "--csv").count("\n") == 2


def test_what_rests_on_an_advance_is_reversed_before_it(sent: Advance, approver: User) -> None:
    report("1/Travel=600")
    give_back("1=400")
    review_report(AdvanceReport.objects.get(), verdicts=[Verdict(usd("600"))], by=approver)
    slip = ("--reason", "A slip", "--on", "2026-06-01")
    with pytest.raises(CommandError, match="ADV-2026-0001/R1 rests on it"):
        run("reverse", "ADV-2026-0001", *slip)
    assert run("reverse", "ADV-2026-0001/U1", *slip).endswith("ADV-2026-0001/U1 is reversed.\n")
    for number in ("ADV-2026-0001/R1", "ADV-2026-0001"):
        assert f"{number}/V1 is prepared" in run("reverse", number, *slip)
        run("approve", f"{number}/V1", "--by", "approver")
    assert Advance.objects.get().state == "reversed"


def review(*questions: str, by: str = "approver", number: str = "ADV-2026-0001/R1", key: str = "v") -> str:
    asked = [text for question in questions for text in ("--question", question)]
    return run("review_advance_report", number, *asked, "--by", by, "--key", key)


def test_a_report_is_accepted_but_for_what_is_questioned_once_for_each_key(sent: Advance, approver: User) -> None:
    report("1/Travel=600", "1/Supplies=100")
    first = review("1=100:No invoice: ask again")
    assert first == review("1=100:No invoice: ask again") == "ADV-2026-0001/R1 is accepted and posted.\n"
    lines = AdvanceReport.objects.get().lines.values_list("accepted", "question")
    assert [(int(amount), why) for amount, why in lines] == [(500, "No invoice: ask again"), (100, "")]
    assert standing() == (600, 400, 4000)


def test_a_whole_report_is_accepted_without_a_question(sent: Advance, approver: User) -> None:
    report("1/Travel=600")
    assert review().endswith("accepted and posted.\n")
    with pytest.raises(CommandError, match="is accepted already"):
        review(key="again")


def test_a_second_reviewer_accepts_what_the_first_one_did(sent: Advance, settings: Any, approver: User) -> None:
    settings.TWO_APPROVERS_FROM = "100"
    second = make_approvers()[0].username
    report("1/Travel=600")
    assert review("1=100:No invoice") == "ADV-2026-0001/R1 awaits a second approver.\n"
    with pytest.raises(CommandError, match="The first reviewer accepted other amounts"):
        review(by=second, key="w")
    assert review("1=100:No invoice", by=second, key="w").endswith("accepted and posted.\n")


@pytest.mark.parametrize(
    ("questions", "by", "message"),
    [
        (["1=100"], "approver", "Write it like 1=100.00:No invoice"),
        (["1:No invoice"], "approver", "is no question"),
        (["2=1:Why"], "approver", "is of no line, or of one that is named twice. There are: 1"),
        (["1=1:Why", "1=2:Why"], "approver", "named twice"),
        (["1=0:Why"], "approver", "questions nothing"),
        (["1=-1:Why"], "approver", "is not an amount|Between nothing and"),
        (["1=600.01:Why"], "approver", r"Between nothing and USD 600\.00"),
        (["1=600:Why"], "approver", "reject the report instead"),
        ([], "officer", "You prepared ADV-2026-0001/R1|Your role does not allow"),
        ([], "auditor", "Your role does not allow this"),
        ([], "nobody", "Nobody signs in as nobody"),
    ],
)
def test_a_review_that_is_refused_writes_nothing(
    sent: Advance, approver: User, auditor: User, questions: list[str], by: str, message: str
) -> None:
    report("1/Travel=600")
    with pytest.raises(CommandError, match=message):
        review(*questions, by=by)
    with pytest.raises(CommandError, match="is not the number of a report"):
        review(number="ADV-2026-0001")
    assert (AdvanceReport.objects.get().state, standing()) == ("prepared", (0, 1000, 4000))
