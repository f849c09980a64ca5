from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.models import User

from fund.errors import NotPermitted
from fund.models import Agreement, Donor
from fund.operations.people import add_person
from imports.errors import FileRefused
from imports.operations.agreements import AgreementOptions, import_agreements
from imports.operations.batches import Outcome, Years
from imports.parsers.contributions import parse_agreements
from ledger.queries import entries, open_years
from tests.deeds import cancel_agreement, make_approvers
from tests.fund.standings import agreement_standings

HEADER = "donor,class,country,reference,year,currency,amount"
YEARS = Years(latest=2026)


def read(*rows: str, by: User, options: AgreementOptions | None = None) -> Outcome:
    reading = parse_agreements("\n".join([HEADER, *rows]).encode())
    found = replace(options or AgreementOptions(years=YEARS), approvers=make_approvers())
    return import_agreements(reading, by=by, options=found)


def test_a_row_becomes_an_agreement_of_its_year_with_one_instalment(officer: User):
    outcome = read("Canada,Member State,CAN,A-1,2025,USD,100.50", by=officer)
    agreement = Agreement.objects.get()
    assert (agreement.number, agreement.reference, agreement.sub_fund) == ("AGR-2025-0001", "A-1", "POOL")
    assert agreement.signed_on == date(2025, 1, 1)
    assert agreement.instalments.get().due_on == date(2025, 12, 31)
    assert agreement_standings([agreement])[agreement.number].outstanding == 10050
    assert (outcome.recorded, outcome.totals) == (1, {"USD": 10050})


def test_an_empty_fund_opens_the_years_that_the_rows_need(officer: User):
    outcome = read("Canada,NGO,,A-1,2023,USD,1", "Canada,NGO,,A-2,2025,USD,1", by=officer)
    assert outcome.years_opened == open_years() == [2023, 2025]


def test_an_empty_fund_opens_no_year_that_has_not_begun(officer: User):
    with pytest.raises(FileRefused, match="2027 is not an open fiscal year"):
        read("Canada,NGO,,A-1,2027,USD,1", by=officer)
    assert open_years() == []


def test_further_years_are_opened_on_demand(agreement: Agreement, officer: User):
    outcome = read("Canada,NGO,,A-1,2019,USD,1", by=officer, options=AgreementOptions(Years(2026, open_all=True)))
    assert outcome.years_opened == [2019]
    assert open_years() == [2019, 2026]


def test_a_donor_is_found_by_its_name_however_it_is_typed(agreement: Agreement, officer: User):
    read("  CANADA ,State Party,CAN,A-1,2026,USD,1", by=officer)
    assert Donor.objects.get().agreements.count() == 2


def test_states_are_coded_by_country_and_others_by_name(officer: User):
    read(
        "Belgium,Member State,BEL,A-1,2026,USD,1",
        "Belgian Government of Flanders,Regional Local Authority,BEL,A-2,2026,USD,1",
        "Kingdom of Belgium,Observer,BEL,A-3,2026,USD,1",
        by=officer,
    )
    codes = list(Donor.objects.order_by("pk").values_list("code", "donor_class"))
    assert codes == [
        ("BEL", "other_state"),
        ("BELGIAN-GOVERNMENT", "organisation"),
        ("KINGDOM-OF-BELGIUM", "other_state"),
    ]


def test_an_unknown_country_is_left_out_and_told(officer: User):
    outcome = read("Coloplast,Private,PRV,A-1,2026,USD,1", by=officer)
    assert outcome.notes == ["row 2: PRV is not a country; Coloplast is added without one."]
    assert Donor.objects.get().country == ""


def test_a_class_can_be_chosen_for_a_term(officer: User):
    options = AgreementOptions(YEARS, {"member state": "state_party"})
    read("Canada,Member State,CAN,A-1,2026,USD,1", by=officer, options=options)
    assert Donor.objects.get().donor_class == "state_party"


def test_what_the_books_say_of_a_donor_stays(agreement: Agreement, officer: User):
    outcome = read("Canada,Observer,USA,A-1,2026,USD,1", by=officer)
    assert outcome.notes == [
        "row 2: Canada stays “State Party” as in the books; the file has “Other State or permanent observer”.",
        "row 2: Canada stays with CAN as in the books; the file has USA.",
    ]
    assert Donor.objects.get().country == "CAN"


def test_importing_again_changes_nothing(officer: User):
    rows = ("Canada,NGO,,A-1,2026,USD,1", "Peru,NGO,,A-2,2026,USD,2")
    read(*rows, by=officer)
    outcome = read(*rows, "Chile,NGO,,A-3,2026,USD,3", by=officer)
    assert (outcome.recorded, outcome.kept, entries().count()) == (1, 2, 3)


def test_a_cancelled_agreement_stays_cancelled(agreement: Agreement, officer: User):
    cancel_agreement(agreement, on=date(2026, 2, 1), reason="Entered twice", by=officer)
    outcome = read("Canada,State Party,CAN,CAN/2026/7,2026,USD,6000", by=officer)
    assert (outcome.kept, outcome.notes) == (1, ["row 2: AGR-2026-0001 was cancelled on 2026-02-01 and stays so."])


def test_a_cancelled_agreement_is_signed_anew_with_other_facts(agreement: Agreement, officer: User):
    cancel_agreement(agreement, on=date(2026, 2, 1), reason="Wrong amount", by=officer)
    assert read("Canada,State Party,CAN,CAN/2026/7,2026,USD,7000", by=officer).recorded == 1


def test_one_wrong_row_takes_all_of_the_file_back(officer: User):
    with pytest.raises(FileRefused):
        read("Canada,NGO,,A-1,2026,USD,1", "Peru,Bank,,A-2,2026,USD,2", by=officer)
    assert (Donor.objects.count(), entries().count(), open_years()) == (0, 0, [])


def test_progress_counts_the_rows(officer: User):
    seen: list[tuple[int, int]] = []
    reading = parse_agreements(f"{HEADER}\nCanada,NGO,,A-1,2026,USD,1\nPeru,NGO,,A-2,2026,USD,2".encode())
    import_agreements(
        reading, by=officer, options=AgreementOptions(YEARS), progress=lambda done, of: seen.append((done, of))
    )
    assert seen == [(1, 2), (2, 2)]


def test_an_auditor_may_not_import(db: None):
    auditor, _ = add_person("auditor", role="Auditor")
    with pytest.raises(NotPermitted):
        read("Canada,NGO,,A-1,2026,USD,1", by=auditor)
