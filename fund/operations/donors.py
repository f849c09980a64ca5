"""Donors: who gives."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

from fund.countries import check_country
from fund.errors import CodeTaken, ValueInvalid
from fund.models import Donor, DonorClass, Language
from fund.operations.acts import clean_text, record, require
from fund.operations.limits import check_matched
from ledger.accounts import CODE_RULE, is_code
from ledger.operations import writing


def add_donor(*, code: str, name: str, donor_class: str, country: str = "", language: str = "", by: User) -> Donor:
    """Adds a donor. Raises CodeTaken where the code or the name is another donor's, ValueInvalid."""
    require(by, "add_donor")
    code = clean_code(code)
    name = clean_text(name, field="name", longest=200)
    with writing():
        taken = Donor.objects.filter(code=code).first()
        if taken:
            raise CodeTaken(f"{code} is the code of {taken}. Choose another one.", field="code")
        _check_name(name, Donor.objects.all())
        donor = Donor(code=code, name=name, donor_class=check_class(donor_class), country=check_country(country))
        donor.language = check_language(language or Language.ENGLISH)
        donor.save(force_insert=True)
        record("add donor", code, by=by, detail=name, of=donor)
    return donor


def change_donor(donor: Donor, *, name: str, donor_class: str, country: str, language: str = "", by: User) -> Donor:
    """Changes what is said of a donor; the code stays, since entries carry it, and without a language that stays.

    Bank details that were approved for another name have to be approved anew before anything is refunded. Raises
    StateUnfit for another name while a match is not cleared, CodeTaken, ValueInvalid.
    """
    require(by, "change_donor")
    name = clean_text(name, field="name", longest=200)
    with writing():
        found = Donor.objects.get(pk=donor.pk)
        _check_name(name, Donor.objects.exclude(pk=found.pk))
        check_matched(found, name)
        found.name, found.donor_class, found.country = name, check_class(donor_class), check_country(country)
        found.language = check_language(language or found.language)
        found.save()
        said = (name, found.get_donor_class_display(), found.country, found.language)
        record("change donor", found.code, by=by, detail=", ".join(said), of=found)
    return found


def _check_name(name: str, others: QuerySet[Donor]) -> None:
    taken = others.filter(name__iexact=name).first()
    if taken:
        raise CodeTaken(f"{taken} is a donor already, with the code {taken.code}.", field="name")


def clean_code(code: str, *, longest: int = 30) -> str:
    """A code in capitals. Raises ValueInvalid with the rule."""
    cleaned = code.strip().upper()
    if not is_code(cleaned):
        raise ValueInvalid(f"A code is {CODE_RULE}, such as CAN or ACME-INC.", field="code")
    if len(cleaned) > longest:
        raise ValueInvalid(f"A code has at most {longest} characters.", field="code")
    return cleaned


def check_class(donor_class: str) -> str:
    """The value of one of recommendation 34's classes. Raises ValueInvalid."""
    if donor_class not in DonorClass.values:
        known = ", ".join(str(label) for label in DonorClass.labels)
        raise ValueInvalid(f"“{donor_class}” is not a class of donors. Use one of: {known}.", field="donor_class")
    return donor_class


def check_language(language: str) -> str:
    """The code of one of the languages that letters are written in. Raises ValueInvalid."""
    if language not in Language.values:
        known = ", ".join(Language.values)
        raise ValueInvalid(f"“{language}” is not a language of letters. Use one of: {known}.", field="language")
    return language
