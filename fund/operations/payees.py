"""Payees: who is paid."""

from django.contrib.auth.models import User

from fund.countries import check_country
from fund.errors import CodeTaken
from fund.models import Payee
from fund.operations.acts import clean_text, record, require
from fund.operations.donors import clean_code
from ledger.operations import writing


def add_payee(*, code: str, name: str, country: str = "", by: User) -> Payee:
    """Adds a payee. Raises CodeTaken where the code or the name is another payee's, ValueInvalid."""
    require(by, "add_payee")
    code = clean_code(code)
    name = clean_text(name, field="name", longest=200)
    with writing():
        taken = Payee.objects.filter(code=code).first()
        if taken:
            raise CodeTaken(f"{code} is the code of {taken}. Choose another one.", field="code")
        taken = Payee.objects.filter(name__iexact=name).first()
        if taken:
            raise CodeTaken(f"{taken} is a payee already, with the code {taken.code}.", field="name")
        payee = Payee(code=code, name=name, country=check_country(country))
        payee.save(force_insert=True)
        record("add payee", code, by=by, detail=name, of=payee)
    return payee
