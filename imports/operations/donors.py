"""The donors that a file names: found by name, or added with a code of their own."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import translation

from fund.countries import check_country
from fund.errors import ValueInvalid
from fund.models import Donor, DonorClass
from fund.operations.donors import add_donor
from imports.operations.batches import Outcome
from imports.parsers.contributions import AgreementRow
from imports.parsers.terms import find_class, make_code, normalise_name, normalise_term

_STATES = (DonorClass.STATE_PARTY, DonorClass.OTHER_STATE)


@dataclass(frozen=True, slots=True)
class _Facts:
    donor_class: str
    country: str


class DonorBook:
    """The donors of the fund by name, and those that rows add to them."""

    def __init__(self, *, classes: Mapping[str, str], by: User, outcome: Outcome) -> None:
        self._chosen = own_terms() | dict(classes)
        self._by = by
        self._outcome = outcome
        donors = list(Donor.objects.all())
        self._by_name = {normalise_name(donor.name): donor for donor in donors}
        self._codes = {donor.code for donor in donors}

    def get_or_add(self, row: AgreementRow) -> Donor:
        """The donor that a row names. Raises ValueInvalid where the row's class is not known."""
        facts = _Facts(self._find_class(row), self._find_country(row))
        donor = self._by_name.get(normalise_name(row.donor))
        if donor:
            self._compare(donor, facts, row)
            return donor
        code = self._make_code(row.donor, facts)
        donor = add_donor(code=code, name=row.donor, donor_class=facts.donor_class, country=facts.country, by=self._by)
        if row.country and not facts.country:
            self._outcome.note(f"{row.country[:20]} is not a country; {donor} is added without one.", row=row.row)
        self._by_name[normalise_name(row.donor)] = donor
        self._codes.add(code)
        return donor

    def _find_class(self, row: AgreementRow) -> str:
        found = find_class(row.donor_class, self._chosen)
        if not found:
            raise ValueInvalid(_describe_unknown(row.donor_class), field="donor_class")
        return found

    def _find_country(self, row: AgreementRow) -> str:
        try:
            return check_country(row.country)
        except ValueInvalid:
            return ""

    def _make_code(self, name: str, facts: _Facts) -> str:
        if facts.country and facts.donor_class in _STATES and facts.country not in self._codes:
            return facts.country
        return make_code(name, self._codes)

    def _compare(self, donor: Donor, facts: _Facts, row: AgreementRow) -> None:
        if facts.donor_class != donor.donor_class:
            label = DonorClass(facts.donor_class).label
            kept = donor.get_donor_class_display()
            self._outcome.note(f"{donor} stays “{kept}” as in the books; the file has “{label}”.", row=row.row)
        if facts.country and facts.country != donor.country:
            kept = donor.country or "no country"
            self._outcome.note(f"{donor} stays with {kept} as in the books; the file has {facts.country}.", row=row.row)


def own_terms() -> dict[str, str]:
    """Our own values and English labels, by normalised term."""
    with translation.override("en"):
        labels = {normalise_term(str(label)): value for value, label in DonorClass.choices}
    return labels | {normalise_term(value): value for value in DonorClass.values}


def _describe_unknown(term: str) -> str:
    known = ", ".join(DonorClass.values)
    return (
        f"“{term[:60]}” is not a class of donors that is known. Use one of: {known}; or say which one it is with "
        f'--class "{term[:60]}=VALUE".'
    )
