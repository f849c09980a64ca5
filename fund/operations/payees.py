"""Payees: who is paid."""

from django.contrib.auth.models import User
from django.db.models import QuerySet

from fund.codes import make_code
from fund.countries import check_country
from fund.errors import CodeTaken, StateUnfit
from fund.models import Payee, State
from fund.operations.acts import clean_text, record, require
from fund.operations.donors import clean_code
from fund.operations.limits import check_matched
from fund.queries.payees import details_of, find_naming
from ledger.operations import writing


def add_payee(*, code: str = "", name: str, country: str = "", by: User) -> Payee:
    """Adds a payee; without a code, one is made of the name.

    Raises CodeTaken where the code or the name is another payee's, ValueInvalid.
    """
    require(by, "add_payee")
    name = clean_text(name, field="name", longest=200)
    with writing():
        code = clean_code(code) if code.strip() else make_code(name, _is_taken)
        if _is_taken(code):
            raise CodeTaken(f"{code} is the code of {Payee.objects.get(code=code)}. Choose another one.", field="code")
        _check_name(name, Payee.objects.all())
        payee = Payee(code=code, name=name, country=check_country(country))
        payee.save(force_insert=True)
        record("add payee", code, by=by, detail=name, of=payee)
    return payee


def change_payee(payee: Payee, *, name: str, country: str, by: User) -> Payee:
    """Changes what is said of a payee; the code stays, and the name once a document, bank details or a match have it.

    Screenings stay. Raises StateUnfit for another name than those have, CodeTaken, ValueInvalid.
    """
    require(by, "change_payee")
    name = clean_text(name, field="name", longest=200)
    with writing():
        found = Payee.objects.get(pk=payee.pk)
        if name != found.name:
            _check_rename(found, name)
            _check_name(name, Payee.objects.exclude(pk=found.pk))
        found.name, found.country = name, check_country(country)
        found.save(update_fields=["name", "country"])
        record("change payee", found.code, by=by, detail=found.name, of=found)
    return found


def get_payee(payee: Payee | str, *, by: User) -> Payee:
    """The payee itself or the one of that name, as it stands under the lock; who is not known yet is added at once.

    Raises ValueInvalid for the field `payee`, and NotPermitted where `by` may not add one.
    """
    if isinstance(payee, Payee):
        return Payee.objects.get(pk=payee.pk)
    name = clean_text(payee, field="payee", longest=200)
    known = Payee.objects
    return known.filter(name=name).first() or known.filter(name__iexact=name).first() or add_payee(name=name, by=by)


def _is_taken(code: str) -> bool:
    return Payee.objects.filter(code=code).exists()


def _check_name(name: str, others: QuerySet[Payee]) -> None:
    taken = others.filter(name__iexact=name).first()
    if taken:
        raise CodeTaken(f"{taken} is a payee already, with the code {taken.code}.", field="name")


def _check_rename(payee: Payee, name: str) -> None:
    check_matched(payee, name)
    number = find_naming(payee)
    if number:
        raise StateUnfit(
            f"{number} names {payee}: this name stays, unless that waits and is rejected. Add who has another name as "
            "a payee of its own.",
            field="name",
        )
    details = details_of(payee).exclude(state=State.REJECTED).first()
    if details:
        raise StateUnfit(
            f"{details} is the account of {payee}, and another name would take it over unapproved: this name stays. "
            "Add who has another name as a payee of its own.",
            field="name",
        )
