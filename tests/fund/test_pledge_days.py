"""The last day of a pledge: it is changed while something of the pledge is open, and nothing is posted."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from fund.checks import run_checks
from fund.errors import NotPermitted, StateUnfit, ValueInvalid
from fund.models import AuditRecord, Pledge
from fund.operations.agreements import Due
from fund.operations.pledges import change_last_day, lapse_pledge, withdraw_pledge
from fund.queries.changes import add_changes
from ledger.queries import entries
from tests.deeds import sign_agreement
from tests.shorthand import usd

# The tests act on 15 June 2026.
TODAY, LATER, LAST = date(2026, 6, 15), date(2026, 9, 30), date(2026, 12, 31)
URL = "/pledges/PLG-2026-0001/last-day/"


def change(pledge: Pledge, day: date, by: User) -> None:
    change_last_day(pledge, expires_on=day, reason="Letter 7", by=by)


def sign(pledge: Pledge, by: User, on: date) -> None:
    facts: Any = {"donor": pledge.donor, "signed_on": on, "pledge": pledge, "amount": usd("400")}
    sign_agreement(**facts, instalments=[Due(LATER, usd("400"))], by=by)


def test_it_is_given_one_that_moves_both_ways_and_the_record_has_both(pledge: Pledge, officer: User) -> None:
    before = entries().count()
    for day in (LAST, LATER, TODAY):
        change(pledge, day, officer)
    told = add_changes(AuditRecord.objects.filter(act="change pledge").order_by("pk"))
    assert [(record.changes, record.detail) for record in told] == [
        ([("Expires on", "", "2026-12-31")], "Letter 7"),
        ([("Expires on", "2026-12-31", "2026-09-30")], "Letter 7"),
        ([("Expires on", "2026-09-30", "2026-06-15")], "Letter 7"),
    ]
    assert (Pledge.objects.get().expires_on, entries().count(), run_checks(lambda _: None)) == (TODAY, before, [])


def test_one_that_is_past_is_held_longer_and_does_not_lapse_before(pledge: Pledge, officer: User) -> None:
    Pledge.objects.update(expires_on=date(2026, 3, 31))
    change(pledge, LATER, officer)
    with pytest.raises(ValueInvalid, match="holds until 2026-09-30"):
        lapse_pledge(pledge, on=TODAY, reason="Silence", by=officer)


def test_it_is_neither_past_nor_before_what_is_signed_nor_the_same(pledge: Pledge, officer: User) -> None:
    sign(pledge, officer, date(2026, 6, 1))
    for day, message in ((date(2026, 6, 14), "This day is past: choose 2026-06-15 or later"), (LAST, "already")):
        Pledge.objects.update(expires_on=LAST)
        with pytest.raises(ValueInvalid, match=message):
            change(pledge, day, officer)
    Pledge.objects.get().agreements.update(signed_on=LATER)
    with pytest.raises(ValueInvalid, match="Choose 2026-09-30 or later"):
        change(pledge, TODAY, officer)
    change(pledge, LATER, officer)


def test_what_is_open_no_more_keeps_its_day(pledge: Pledge, officer: User) -> None:
    withdraw_pledge(pledge, on=TODAY, reason="Budget", by=officer)
    with pytest.raises(StateUnfit, match="Nothing of PLG-2026-0001 is open"):
        change(pledge, LAST, officer)


@pytest.mark.parametrize("role", ["approver", "auditor"])
def test_only_an_officer_changes_it(pledge: Pledge, role: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        change(pledge, LAST, request.getfixturevalue(role))
    assert request.getfixturevalue(f"{role}_client").post(URL, {"expires_on": "2026-12-31"}).status_code == 403
    assert Pledge.objects.get().expires_on is None


def test_an_officer_changes_it_on_its_page(pledge: Pledge, officer_client: Client) -> None:
    assert URL in officer_client.get(pledge.get_absolute_url()).content.decode()
    page = officer_client.post(URL, {"expires_on": "2026-09-30", "reason": "Letter 7"}, follow=True).content.decode()
    assert all(text in page for text in ("PLG-2026-0001 is changed.", "Holds until", "2026-09-30", "Letter 7"))
    assert 'value="2026-09-30"' in officer_client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"expires_on": "2026-06-14", "reason": "r"}, "This day is past"),
        ({"expires_on": "", "reason": "r"}, "This field is required."),
        ({"expires_on": "2026-12-31", "reason": ""}, "This field is required."),
        ({"expires_on": "never", "reason": "r"}, "Enter a valid date."),
    ],
)
def test_a_wrong_day_is_refused_on_the_page(
    pledge: Pledge, officer_client: Client, sent: dict[str, str], message: str
) -> None:
    answer = officer_client.post(URL, sent)
    assert (answer.status_code, message in answer.content.decode()) == (422, True)
    assert Pledge.objects.get().expires_on is None


def test_it_is_changed_by_command_once_for_each_key(pledge: Pledge, officer: User) -> None:
    facts: dict[str, Any] = {"reason": "Letter 7", "by": "officer"}
    for _ in range(2):
        call_command("change_pledge", "PLG-2026-0001", until=LATER, key="a", **facts)
    assert AuditRecord.objects.filter(act="change pledge").count() == 1
    for number, day, message in (("PLG-2026-0001", LATER, "already"), ("PLG-2026-0009", LAST, "is not the number")):
        with pytest.raises(CommandError, match=message):
            call_command("change_pledge", number, until=day, **facts)
