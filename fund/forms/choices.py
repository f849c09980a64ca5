"""What can be chosen on the forms and filters of allocations and disbursements, and what was not offered."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.forms import BaseForm, BaseFormSet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fund import policy
from fund.models import BankAccount, Payee, Project
from fund.queries.obligations import open_obligations
from fund.queries.sub_funds import earmarked_agreements, fund_standings
from fund.templatetags.money import minor
from ledger.queries import functional_currency

Choices = list[tuple[str, str | Promise]]

BLANK = ("", "---------")
# What forms say of a choice that they do not offer: no page sends one, unless it was offered and went since.
_NOT_OFFERED = frozenset({"invalid_choice", "invalid_list", "invalid_pk_value"})


def find_not_offered(form: BaseForm, formsets: Iterable[BaseFormSet[Any]]) -> str:
    """What a form and its lines say of choices that are not theirs; empty where all of them are."""
    found = list(_name_not_offered(form))
    for formset in formsets:
        for place, line in enumerate(formset.forms, 1):
            kept = not getattr(line, "cleaned_data", {}).get("DELETE")
            found += [f"{_('Line')} {place}, {text}" for text in _name_not_offered(line) if kept]
    return " ".join(found)


def _name_not_offered(form: BaseForm) -> Iterator[str]:
    for name, errors in form.errors.as_data().items():
        texts = [text for error in errors if error.code in _NOT_OFFERED for text in error.messages]
        if texts:
            yield f"{form.fields[name].label or name}: {' '.join(texts)}"


def named_project_choices() -> Choices:
    """Every project by its code."""
    return [(project.code, str(project)) for project in Project.objects.only("code", "title")]


def project_choices() -> Choices:
    """Every project, or none yet."""
    return [BLANK, *named_project_choices()]


def named_bank_account_choices() -> Choices:
    """Every bank account by its code, with its currency."""
    return [(account.code, f"{account} · {account.currency}") for account in BankAccount.objects.all()]


def bank_account_choices() -> Choices:
    """Every bank account, or none yet."""
    return [BLANK, *named_bank_account_choices()]


def partner_choices() -> Choices:
    """Every payee by its code, or none yet."""
    return [BLANK, *((payee.code, f"{payee} · {payee.code}") for payee in Payee.objects.all())]


def _name_funds(*, standing: bool) -> dict[str, str]:
    """POOL and the approved earmarked agreements, all or those that are `standing`, with the donors' names."""
    agreements = earmarked_agreements()
    if standing:
        agreements = agreements.filter(cancelled_on=None)
    return {policy.POOL: policy.POOL} | {found.number: f"{found.number} · {found.donor}" for found in agreements}


def all_fund_choices() -> Choices:
    """The sub-funds that a document can have taken money of."""
    return list(_name_funds(standing=False).items())


def fund_choices() -> Choices:
    """The sub-funds whose money can be used."""
    return [BLANK, *_name_funds(standing=True).items()]


def available_fund_choices() -> Choices:
    """The sub-funds whose money can be used, with what can still be allocated of each."""
    labels, currency = _name_funds(standing=True), functional_currency()
    standings = fund_standings(list(labels))
    choices: Choices = [BLANK]
    for code, label in labels.items():
        amount = minor(standings[code].available, currency)
        choices.append((code, _("%(fund)s · %(amount)s available") % {"fund": label, "amount": amount}))
    return choices


def obligation_choices() -> Choices:
    """The obligations of which something is open, with how much; or none."""
    found = [(obligation.number, _describe(obligation)) for obligation in open_obligations()]
    return [("", _("None")), *found]


def _describe(obligation: Any) -> str:
    amount = minor(obligation.open, functional_currency())
    facts = {"number": obligation.number, "payee": obligation.payee, "amount": amount}
    return _("%(number)s · %(payee)s · %(amount)s open") % facts
