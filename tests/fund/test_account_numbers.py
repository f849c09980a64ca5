"""Numbers of bank accounts, and codes that are made out of names."""

import pytest

from fund.account_numbers import clean_account, clean_bic, group, mask
from fund.codes import make_code
from fund.errors import ValueInvalid


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # One digit is another; two stand the wrong way round.
        ("GB82WEST12345698765433", "check digits"),
        ("GB82WEST12345698765423", "check digits"),
        # The check digits fit, but a digit is missing, or letters stand for digits.
        ("GB88WEST1234569876543", "those of GB have another length or structure"),
        ("DE8837040044AB32013000", "those of DE have another length or structure"),
        ("SN68" + "0" * 31, "15 to 34"),
    ],
)
def test_an_iban_is_known_by_its_check_digits_and_by_what_its_country_has(text: str, message: str) -> None:
    with pytest.raises(ValueInvalid, match=message):
        clean_account(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (" gb82 west 1234 5698 7654 32 ", "GB82WEST12345698765432"),
        ("DE89\t3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("NO9386011117947", "NO9386011117947"),
        # The register has no structure of Senegal's, and stdnum no such bank of Belgium's: the check digits fit.
        ("BE27 1120 0000 0073", "BE27112000000073"),
        ("SN08 SN01 0015 2000 0485 0000 3035", "SN08SN0100152000048500003035"),
        ("000-123456 789", "000-123456789"),
    ],
)
def test_an_account_is_kept_without_blanks(text: str, cleaned: str) -> None:
    assert clean_account(text) == cleaned


@pytest.mark.parametrize("text", ["", "12", "GB82", "GB83 WEST 1234 5698 7654 32", "12_34", "٣٤٥٦", "9" * 35])
def test_what_is_no_account_is_refused_for_its_field_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueInvalid) as refused:
        clean_account(text)
    assert refused.value.field == "account"
    assert not text or text not in refused.value.message


def test_a_bic_has_eight_or_eleven_characters_or_is_left_out() -> None:
    assert [clean_bic(text) for text in ("", "citi us33", "CITIUS33XXX")] == ["", "CITIUS33", "CITIUS33XXX"]
    for text in ("CITIUS3", "CITIXX33"):
        with pytest.raises(ValueInvalid, match="8 or 11"):
            clean_bic(text)


def test_only_the_end_of_a_number_is_shown_to_who_need_not_know_it() -> None:
    assert mask("GB82WEST12345698765432") == "•••• 5432"
    assert group("GB82WEST12345698765432") == "GB82 WEST 1234 5698 7654 32"
    assert group("000-123456789") == "000-123456789"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Ávila y Muñoz", "AVILA-Y-MUNOZ"),
        ("Wings", "WINGS-3"),
        ("東京 📦", "PAYEE"),
        ("  --  ", "PAYEE"),
        ("A very long name of a very long firm", "A-VERY-LONG-NAME-OF-A-VE"),
    ],
)
def test_a_code_is_made_of_a_name(name: str, code: str) -> None:
    assert make_code(name, {"WINGS", "WINGS-2"}.__contains__) == code
