"""The reference list: complete, in order, and titled in the fund's four languages."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from fund import recommendations
from fund.recommendations import (
    RECOMMENDATIONS,
    SECTIONS,
    Recommendation,
    Section,
    UnknownRecommendation,
    get_recommendation,
)

LANGUAGES = ("en", "es", "fr", "pt_BR")
LONGEST_TITLE = 80
TITLED: tuple[Section | Recommendation, ...] = (*SECTIONS, *RECOMMENDATIONS)

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def test_recommendations_are_numbered_1_to_35_without_gaps() -> None:
    assert [recommendation.number for recommendation in RECOMMENDATIONS] == list(range(1, 36))


def test_every_recommendation_stands_in_exactly_one_section() -> None:
    for recommendation in RECOMMENDATIONS:
        homes = [section for section in SECTIONS if section.first <= recommendation.number <= section.last]
        assert homes == [recommendation.section]


def test_sections_follow_one_another_from_the_first_recommendation_to_the_last() -> None:
    assert [section.number for section in SECTIONS] == [1, 2, 3, 4, 5]
    assert (SECTIONS[0].first, SECTIONS[-1].last) == (1, 35)
    assert all(before.last + 1 == after.first for before, after in pairwise(SECTIONS))


def test_sections_have_the_ranges_of_the_document() -> None:
    ranges = [(section.first, section.last) for section in SECTIONS]
    assert ranges == [(1, 13), (14, 20), (21, 26), (27, 32), (33, 35)]


@pytest.mark.parametrize("number", [33, 34, 35])
def test_the_last_three_recommendations_are_about_contributions_and_follow_up(number: int) -> None:
    section = get_recommendation(number).section
    assert section.title() == "Voluntary contributions and follow-up to the recommendations"


def test_every_title_exists_in_exactly_the_four_languages() -> None:
    assert all(tuple(titled.titles) == LANGUAGES for titled in TITLED)


@in_each_language
def test_titles_are_short_and_neither_empty_nor_sentences(language: str) -> None:
    for title in (titled.titles[language] for titled in TITLED):
        assert title == title.strip()
        assert 1 <= len(title) <= LONGEST_TITLE, title
        assert not title.endswith("."), title
        assert title[0].isupper(), title


def test_french_titles_do_not_begin_as_the_sentences_of_the_document_do() -> None:
    assert not any(titled.title("fr").startswith(("De ", "D\u2019")) for titled in TITLED)


@in_each_language
def test_titles_are_unique_within_a_language(language: str) -> None:
    titles = [titled.titles[language] for titled in TITLED]
    assert len(set(titles)) == len(titles)


def test_a_title_is_english_unless_another_language_is_asked_for() -> None:
    assert get_recommendation(30).title() == "Dignity, access to justice and reparation for victims"


@pytest.mark.parametrize(
    ("code", "language"),
    [("es", "es"), ("es-mx", "es"), ("fr-CA", "fr"), ("pt-br", "pt_BR"), ("pt_BR", "pt_BR"), ("nl", "en"), ("", "en")],
)
def test_a_title_is_found_by_any_spelling_of_its_language_or_else_is_english(code: str, language: str) -> None:
    assert get_recommendation(34).title(code) == get_recommendation(34).titles[language]
    assert SECTIONS[4].title(code) == SECTIONS[4].titles[language]


@pytest.mark.parametrize("number", [-1, 0, 36])
def test_a_number_outside_the_document_is_refused_with_the_numbers_allowed(number: int) -> None:
    with pytest.raises(UnknownRecommendation, match=f"no recommendation {number}: 1 to 35 are allowed"):
        get_recommendation(number)


def test_a_recommendation_can_be_a_member_of_a_set() -> None:
    assert len({*RECOMMENDATIONS, *RECOMMENDATIONS}) == 35


def test_the_data_names_its_source_as_the_module_does() -> None:
    data = json.loads(Path(recommendations.__file__).with_name("recommendations.json").read_text(encoding="utf-8"))
    document, stated = data["document"], " ".join((recommendations.__doc__ or "").split())
    assert document["approved_on"] == "2022-09-12"
    assert "approved on 12 September 2022" in stated
    assert document["symbol"] in stated
    assert document["titles"]["en"] in stated
