"""The 35 recommendations that the fund's projects serve, and the sections they stand in. Pure: no Django, no clock.

Source: Recommendations of the States Parties to the Inter-American Convention against Terrorism, approved on
12 September 2022, document CICTE01536F01 (the French text). The short titles in `recommendations.json` are our own, in
English, Spanish, French and Brazilian Portuguese; they name what a recommendation is about and do not replace its text.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

FALLBACK_LANGUAGE = "en"

_DATA = Path(__file__).with_name("recommendations.json")


class UnknownRecommendation(LookupError):
    """A number that no recommendation of 12 September 2022 has."""


@dataclass(frozen=True)
class Section:
    """One section of the document: the recommendations `first` to `last`, both included."""

    number: int
    titles: Mapping[str, str] = field(hash=False)
    first: int
    last: int

    def title(self, language: str = FALLBACK_LANGUAGE) -> str:
        """The title in `language`, in English where there is none: see `Recommendation.title`."""
        return _choose_title(self.titles, language)


@dataclass(frozen=True)
class Recommendation:
    """One recommendation of 12 September 2022, under its number in the document."""

    number: int
    section: Section
    titles: Mapping[str, str] = field(hash=False)

    def title(self, language: str = FALLBACK_LANGUAGE) -> str:
        """The title in `language`, in English where there is none.

        Codes are taken as Django (`pt-br`), Babel (`pt_BR`) and browsers (`fr-CA`) write them.
        """
        return _choose_title(self.titles, language)


def get_recommendation(number: int) -> Recommendation:
    """The recommendation under `number`. Raises UnknownRecommendation outside 1 to 35."""
    if number not in _BY_NUMBER:
        raise UnknownRecommendation(f"There is no recommendation {number}: 1 to {len(RECOMMENDATIONS)} are allowed.")
    return _BY_NUMBER[number]


def name_sections(numbers: Iterable[int], language: str = FALLBACK_LANGUAGE) -> list[str]:
    """The titles of sections in `language`, in the document's order."""
    chosen = set(numbers)
    return [section.title(language) for section in SECTIONS if section.number in chosen]


def _choose_title(titles: Mapping[str, str], language: str) -> str:
    by_code = {code.lower(): title for code, title in titles.items()}
    code = language.lower().replace("-", "_")
    base = code.partition("_")[0]
    return by_code.get(code) or by_code.get(base) or titles[FALLBACK_LANGUAGE]


def _build_section(row: Mapping[str, Any]) -> Section:
    return Section(row["number"], MappingProxyType(row["titles"]), first=row["first"], last=row["last"])


def _build_recommendation(row: Mapping[str, Any], sections: tuple[Section, ...]) -> Recommendation:
    number = row["number"]
    section = next(section for section in sections if section.first <= number <= section.last)
    return Recommendation(number, section, MappingProxyType(row["titles"]))


def _load_document() -> tuple[tuple[Section, ...], tuple[Recommendation, ...]]:
    document = json.loads(_DATA.read_text(encoding="utf-8"))
    sections = tuple(_build_section(row) for row in document["sections"])
    return sections, tuple(_build_recommendation(row, sections) for row in document["recommendations"])


SECTIONS, RECOMMENDATIONS = _load_document()
_BY_NUMBER = {recommendation.number: recommendation for recommendation in RECOMMENDATIONS}
