import pytest

from imports.parsers.terms import find_class, make_code, normalise_name, normalise_term


@pytest.mark.parametrize(
    ("term", "donor_class"),
    [
        ("Member State", "other_state"),
        ("NON-MEMBER  STATE", "other_state"),
        ("Observer", "other_state"),
        ("Private", "private_sector"),
        ("Private Contributions through UNF", "private_sector"),
        ("Private company", "private_sector"),
        ("Privateer", None),
        ("Regional Local Authority", "organisation"),
        ("NGO", "civil_society"),
        ("", None),
    ],
)
def test_a_term_of_another_fund_means_a_class(term: str, donor_class: str | None):
    assert find_class(term, {}) == donor_class


def test_what_a_person_chose_goes_before_what_a_term_usually_means():
    assert find_class("Member State", {normalise_term("member_state"): "state_party"}) == "state_party"


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Société Générale, S.A.", (), "SOCIETE-GENERALE-S-A"),
        ("Belgian Government of Flanders", (), "BELGIAN-GOVERNMENT"),
        ("Incomprehensibilities International", (), "INCOMPREHENSIBILITIE"),
        ("日本", (), "DONOR"),
        ("ACME", ("ACME", "ACME-2"), "ACME-3"),
        ("Incomprehensibilities", ("INCOMPREHENSIBILITIE",), "INCOMPREHENSIBILIT-2"),
    ],
)
def test_a_code_is_made_of_a_name(name: str, taken: tuple[str, ...], code: str):
    assert make_code(name, taken) == code


def test_names_that_look_alike_are_alike():
    assert normalise_name("Co\u0302te  d'Ivoire ") == normalise_name("CÔTE D'IVOIRE")
