"""What check_ledger finds of rows that were changed past the operations, by what the audit records have of them."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model

from fund.checks import run_checks
from fund.models import (
    Advance,
    AdvanceReport,
    Agreement,
    Allocation,
    AllocationLine,
    Amendment,
    Decided,
    Donor,
    DonorAccess,
    ManualEntry,
    Payee,
    Pledge,
    Project,
    ProjectRecommendation,
)
from fund.operations.agreements import Due, Earmark, prepare_agreement
from fund.operations.amendments import approve_amendment, prepare_amendment
from fund.operations.donors import change_donor
from fund.operations.pledges import withdraw_pledge
from fund.operations.project_closures import close_accounts, close_operations
from fund.operations.projects import ProjectFacts, change_project
from tests.deeds import cancel_agreement, sign_agreement
from tests.fund.advances import accept
from tests.shorthand import usd

SAYS = " than the audit record says."


def check() -> list[str]:
    return run_checks(lambda *_: None)


@pytest.mark.parametrize(
    ("model", "changed", "problem"),
    [
        (Donor, {"name": "Nobody"}, "CAN has another name"),
        (Donor, {"donor_class": "civil_society"}, "CAN has another donor_class"),
        (Donor, {"language": "fr"}, "CAN has another language"),
        (Payee, {"country": "PAN"}, "WINGS has another country"),
        (Project, {"countries": ["PAN"]}, "CYB-01 has another countries"),
        (Project, {"ends_on": date(2026, 2, 1)}, "CYB-01 has another ends_on"),
        (Pledge, {"expires_on": date(2030, 1, 1)}, "PLG-2026-0001 has another expires_on"),
        (Agreement, {"ends_on": date(2030, 1, 1)}, "AGR-2026-0001 has another ends_on"),
        (Agreement, {"earmark_countries": ["PAN"]}, "AGR-2026-0001 has another earmark_countries"),
        (Agreement, {"reason": "Not ours"}, "AGR-2026-0001 has another reason"),
    ],
)
def test_a_field_that_was_changed_past_the_acts_is_found(
    manual_entry: ManualEntry,
    pledge: Pledge,
    project: Project,
    payee: Payee,
    model: type[Model],
    changed: dict[str, Any],
    problem: str,
) -> None:
    assert check() == []
    model._default_manager.update(**changed)
    assert problem + SAYS in check()


def test_what_waits_is_for_the_project_that_it_was_prepared_for(
    prepared_allocation: Allocation, project: Project
) -> None:
    other = Project.objects.create(code="CYB-02", title="Other", starts_on=date(2026, 1, 1))
    Allocation.objects.update(project=other)
    AllocationLine.objects.all().delete()
    problems = ("ALC-2026-0001 has another project", "ALC-2026-0001 has other lines")
    assert check() == [*(problem + SAYS for problem in problems), "CYB-02 has no audit record."]


LINES = [
    ("disbursement", {"category": "Personnel"}, "Line 1 of DSB-2026-0001 has another category"),
    ("manual_entry", {"fund": "POOL"}, "Line 2 of MAN-2026-0001 has another fund"),
    ("prepared_allocation", {"amount": 4}, "Line 1 of ALC-2026-0001 has another amount"),
    ("advance", {"fund": "POOL"}, "Line 1 of ADV-2026-0001 has another fund"),
    ("report", {"category": "Personnel"}, "Line 1 of ADV-2026-0001/R1 has another category"),
    ("prepared_agreement", {"due_on": date(2026, 1, 1)}, "Line 1 of AGR-2026-0001 has another due_on"),
    ("prepared_amendment", {"due_on": date(2026, 1, 1)}, "Line 2 of AGR-2026-0001/A1 has another due_on"),
]


@pytest.mark.parametrize(("fixture", "changed", "problem"), LINES, ids=[fixture for fixture, _, _ in LINES])
def test_a_line_of_what_waits_that_was_changed_past_the_acts_is_found(
    fixture: str, changed: dict[str, Any], problem: str, request: pytest.FixtureRequest
) -> None:
    document: Decided = request.getfixturevalue(fixture)
    assert check() == []
    getattr(document, document.LINES).update(**changed)
    assert problem + SAYS in check()


def test_a_line_that_was_added_past_the_acts_to_what_has_none_is_found(agreement: Agreement, officer: User) -> None:
    facts: dict[str, Any] = {"amended_on": date(2026, 3, 5), "note": "By letter", "ends_on": date(2027, 1, 1)}
    extension = prepare_amendment(agreement, **facts, by=officer)
    assert check() == []
    extension.lines.create(amount_before=agreement.amount, amount=agreement.amount, due_on=date(2026, 12, 1))
    assert check() == ["AGR-2026-0001/A1 has other lines" + SAYS]


def test_what_an_approval_makes_of_lines_is_nothing_wrong(
    prepared_amendment: Amendment, sent: Advance, report: AdvanceReport, approver: User
) -> None:
    approve_amendment(prepared_amendment, by=approver)
    accept(report, approver, usd("450"))
    assert check() == []


def test_another_name_of_a_donor_is_nothing_wrong(agreement: Agreement, canada: Donor, officer: User) -> None:
    change_donor(canada, name="Kanada", donor_class="state_party", country="CAN", by=officer)
    for _ in range(2):
        # The second time it is a change of nothing.
        change_donor(canada, name="Kanadá", donor_class="state_party", country="CAN", by=officer)
    assert check() == []


def test_the_projects_of_an_earmark_are_those_that_were_agreed(
    fund_year: int, canada: Donor, project: Project, officer: User
) -> None:
    facts: dict[str, Any] = {"signed_on": date(2026, 1, 15), "amount": usd("100"), "earmark": Earmark([project])}
    agreement = prepare_agreement(donor=canada, instalments=[Due(date(2026, 3, 1), usd("100"))], by=officer, **facts)
    assert check() == []
    agreement.earmark_projects.clear()
    assert check() == ["AGR-2026-0001 is for other projects" + SAYS]


def test_the_recommendations_of_a_project_are_those_that_were_said(project: Project) -> None:
    assert check() == []
    ProjectRecommendation.objects.filter(number=16).delete()
    assert check() == ["CYB-01 serves other recommendations than its audit record says."]


def test_a_role_that_no_act_gave_is_found(officer: User, auditor: User) -> None:
    assert check() == []
    officer.groups.add(Group.objects.get(name="Approver"))
    auditor.user_permissions.add(Permission.objects.get(codename="add_approval"))
    User.objects.create_user("ghost").groups.add(Group.objects.get(name="Auditor"))
    assert check() == [
        "officer has the role Approver, which no audit record gave.",
        "auditor may do more than a role allows.",
        "ghost has the role Auditor, which no audit record gave.",
    ]


def test_who_signs_in_under_another_name_is_found(officer: User) -> None:
    User.objects.update(username="maria")
    assert check() == ["maria has the role Finance officer, which no audit record gave."]


def test_a_role_that_may_do_more_is_found(officer: User) -> None:
    Group.objects.get(name="Finance officer").permissions.add(Permission.objects.get(codename="add_approval"))
    assert check() == ["The role Finance officer may do other things than it should."]


def test_a_statement_that_nobody_opened_to_a_person_is_found(
    donor_user: User, canada: Donor, acme: Donor, officer: User
) -> None:
    change_donor(canada, name="Kanada", donor_class="state_party", country="CAN", by=officer)
    assert check() == []
    DonorAccess.objects.update(donor=acme)
    assert check() == [f"canadian reads the statement of {acme}, whom they were not added for."]


def test_a_pledge_that_is_open_again_has_the_record_of_it(pledge: Pledge, canada: Donor, officer: User) -> None:
    dues = [Due(date(2026, 3, 1), usd("100"))]
    facts: dict[str, Any] = {"signed_on": date(2026, 1, 15), "amount": usd("100"), "pledge": pledge}
    agreement = sign_agreement(donor=canada, instalments=dues, by=officer, **facts)
    withdraw_pledge(pledge, on=date(2026, 2, 1), reason="gone", by=officer)
    cancel_agreement(agreement, on=date(2026, 2, 2), reason="gone", by=officer)
    assert check() == []


def test_a_change_of_a_project_does_not_open_accounts_that_closed_meanwhile(project: Project, officer: User) -> None:
    on = date(2026, 6, 1)
    opened_before = Project.objects.get(pk=project.pk)
    close_operations(project, on=on, by=officer)
    close_accounts(project, on=on, by=officer)
    facts = ProjectFacts("Another title", [15], ["GTM"], date(2026, 1, 1))
    assert change_project(opened_before, facts=facts, by=officer).accounts_closed_on == on
    assert Project.objects.get().accounts_closed_on == on
