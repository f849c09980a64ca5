"""Countries by their ISO 3166-1 alpha-3 codes."""

from collections.abc import Iterable, Sequence

from django_countries import countries

from fund.errors import ValueInvalid


def country_names() -> dict[str, str]:
    """Names in the reader's language by alpha-3 code, sorted by name: `country_names()["CAN"]` is "Canada"."""
    return {countries.alpha3(code): str(name) for code, name in countries}


def name_countries(codes: Iterable[str]) -> list[str]:
    """The names of countries in the reader's language; a code that is none's stays as it is."""
    return [str(countries.name(code)) or code for code in codes]


def check_country(code: str) -> str:
    """`code` in capitals, or empty where it is empty. Raises ValueInvalid."""
    cleaned = code.strip().upper()
    if cleaned and (len(cleaned) != 3 or not countries.alpha2(cleaned)):
        raise ValueInvalid(f"{cleaned} is not a country's code. Use ISO 3166-1 alpha-3, such as CAN.", field="country")
    return cleaned


def check_countries(codes: Sequence[str]) -> list[str]:
    """Codes in capitals, sorted, each once. Raises ValueInvalid for the field `countries`."""
    try:
        return sorted({check_country(code) for code in codes if code.strip()})
    except ValueInvalid as refusal:
        raise ValueInvalid(refusal.message, field="countries") from None
