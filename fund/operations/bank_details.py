"""Bank details of payees and donors: prepared by one person, approved or rejected by another. Nothing is posted."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from fund.account_numbers import clean_account, clean_bic
from fund.countries import check_country
from fund.errors import StateUnfit, ValueInvalid
from fund.models import BankDetails, Recipient, State, of_recipient
from fund.models.bank_details import describe_details
from fund.operations import acts
from fund.operations.approvals import add_approval, decide, get_prepared
from fund.queries.payees import details_of, find_renamed, find_waiting_details, name_of
from ledger.money import currencies
from ledger.operations import writing


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the recipient's letter has it; `account` is an IBAN or another number, `bic` may be empty."""

    holder: str
    account: str
    bank: str
    country: str
    currency: str
    bic: str = ""


def prepare_bank_details(
    recipient: Recipient, *, facts: Account, valid_from: date, by: User, note: str = ""
) -> BankDetails:
    """Records where a payee or a donor is to be paid from a day on; it holds once another person approved it.

    Raises StateUnfit where a change waits already or nothing would change, ValueInvalid.
    """
    acts.require(by, "add_bankdetails")
    details = BankDetails(**of_recipient(recipient), **_clean(facts), valid_from=valid_from, created_by=by)
    details.note = acts.clean_text(note, field="note", longest=300, required=False)
    with writing():
        waiting = find_waiting_details(recipient)
        if waiting:
            raise StateUnfit(f"{waiting} waits for a decision already: it is approved or rejected first.")
        _check_follows(details)
        details.number = acts.take_number(BankDetails, valid_from)
        details.save(force_insert=True)
        acts.record("prepare bank details", details, by=by, detail=describe_details(details))
    return details


def approve_bank_details(details: BankDetails, *, by: User) -> bool:
    """Approves bank details: they hold from their day on. True, since one approver is enough.

    Raises SamePerson where `by` prepared them, StateUnfit where they are decided already or of an earlier name.
    """
    with writing():
        found = get_prepared(details, by=by)
        _check_name(found)
        _check_follows(found)
        add_approval(found, functional=0, by=by)
        decide(found, State.APPROVED, by=by)
        acts.record("approve bank details", found, by=by, detail=describe_details(found))
    return True


def _clean(facts: Account) -> dict[str, str]:
    country = check_country(facts.country)
    if not country:
        raise ValueInvalid("This is needed: the country of the bank.", field="country")
    if facts.currency not in currencies():
        raise ValueInvalid(f"“{facts.currency}” is not a currency. Write it like USD.", field="currency")
    return {
        "holder": acts.clean_text(facts.holder, field="holder", longest=200),
        "account": clean_account(facts.account),
        "bic": clean_bic(facts.bic),
        "bank": acts.clean_text(facts.bank, field="bank", longest=200),
        "country": country,
        "currency": facts.currency,
    }


def _check_name(details: BankDetails) -> None:
    """Whose account it is was looked at under the name that the recipient has."""
    name = name_of(details)
    if name != details.recipient.name:
        raise StateUnfit(
            f"{details} was prepared for {name}, whose name is {details.recipient} now: reject it, and have the "
            "account prepared anew for that name."
        )


def _check_follows(details: BankDetails) -> None:
    """A version comes after the one before, and says something else, or is for another name."""
    last = details_of(details.recipient).filter(state=State.APPROVED).first()
    if last is None:
        return
    acts.check_not_before(details.valid_from, last.valid_from, "valid_from")
    if last.facts == details.facts and not find_renamed(details.recipient):
        raise StateUnfit(f"{last} has the same account already: nothing would change.")
