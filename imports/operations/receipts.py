"""Receipts out of a file."""

from dataclasses import dataclass

from django.contrib.auth.models import User

from fund.errors import ReceiptTwice, ValueInvalid
from fund.models import Agreement, BankAccount, Receipt, State
from fund.money import to_amount
from fund.operations.acts import require
from fund.operations.receipts import Facts, check_twin, normalise_reference, record_receipt
from fund.operations.treasury import add_bank_account
from imports.operations.batches import (
    Outcome,
    Progress,
    Years,
    all_or_nothing,
    describe_differences,
    keep_quiet,
    open_needed_years,
    rows_by_year,
    run_rows,
)
from imports.parsers.cells import Reading
from imports.parsers.contributions import ReceiptRow

_FIELDS = {"received_on": "date", "bank_account": "currency", "lines": "amount"}


@dataclass(frozen=True, slots=True)
class ReceiptOptions:
    """What the person says beside the file: the years that may be opened, the bank account, where there is one, and
    whether rows are other payments than those of the same day, account and amount that no row names.
    """

    years: Years
    bank_account: BankAccount | None = None
    accept_twins: bool = False


def import_receipts(
    reading: Reading[ReceiptRow], *, by: User, options: ReceiptOptions, progress: Progress = keep_quiet
) -> Outcome:
    """Records a receipt for each row, against its agreement's instalments; all rows or none.

    What is beyond the instalments stands as unapplied. A receipt that is there already (bank account and reference)
    with the same facts is left as it is. Raises FileRefused with every problem of every row, NotPermitted.
    """
    require(by, "add_receipt")
    outcome = Outcome()
    problems = list(reading.problems)
    with all_or_nothing(problems):
        needed = rows_by_year([(row.on.year, row.row) for row in reading.rows])
        problems += open_needed_years(needed, years=options.years, by=by, column="date", outcome=outcome)
        banks = Banks(options.bank_account, by=by, outcome=outcome)
        lines = {normalise_reference(row.reference) for row in reading.rows}

        def act(row: ReceiptRow) -> None:
            agreement = _find_agreement(row.agreement)
            account = banks.get_or_add(row.amount.currency)
            if _is_there(row, agreement, account, outcome):
                outcome.kept += 1
            else:
                if not options.accept_twins:
                    _check_twin(row, account, lines)
                _record(row, agreement, account, by)
                outcome.count(row.amount)

        run_rows(reading.rows, act, problems=problems, fields=_FIELDS, progress=progress)
    return outcome


class Banks:
    """The bank account that money of a currency arrived in."""

    def __init__(self, chosen: BankAccount | None, *, by: User, outcome: Outcome) -> None:
        self._chosen = chosen
        self._by = by
        self._outcome = outcome
        self._known = list(BankAccount.objects.all())
        self._may_add = not self._known

    def get_or_add(self, currency: str) -> BankAccount:
        """The chosen account, or the one that holds `currency`; a fund without any account gets one.

        Raises ValueInvalid where the choice is not clear.
        """
        if self._chosen:
            return self._chosen
        found = [account for account in self._known if account.currency == currency]
        if not found and self._may_add:
            return self._add(currency)
        if len(found) != 1:
            codes = ", ".join(account.code for account in found or self._known)
            which = "Several bank accounts hold" if found else "No bank account holds"
            raise ValueInvalid(
                f"{which} {currency}. Choose with --bank, or add one. Accounts: {codes}.", field="currency"
            )
        return found[0]

    def _add(self, currency: str) -> BankAccount:
        account = add_bank_account(
            code=f"MAIN-{currency}", name=f"Main account, {currency}", currency=currency, by=self._by
        )
        self._known.append(account)
        self._outcome.note(f"The fund had no bank account: {account.code} was added.")
        return account


def _find_agreement(name: str) -> Agreement:
    """The agreement with a reference, or with our own number. Raises ValueInvalid."""
    agreements = Agreement.objects.select_related("donor")
    # The one that stands or waits before those that were cancelled or rejected.
    by_reference = agreements.filter(reference=name).order_by("cancelled_on", "-pk")
    standing = by_reference.filter(cancelled_on=None).exclude(state=State.REJECTED)
    found = standing.first()
    found = found or by_reference.first() or agreements.filter(number=name).first()
    if not found:
        message = f"No agreement has the reference {name[:60]}. Import the agreements first."
        raise ValueInvalid(message, field="agreement")
    return found


def _record(row: ReceiptRow, agreement: Agreement, account: BankAccount, by: User) -> None:
    facts = Facts(bank_account=account, received_on=row.on, amount=row.amount, reference=row.reference)
    record_receipt(agreement=agreement, facts=facts, by=by, accept_excess=True, accept_twin=True)


def _check_twin(row: ReceiptRow, account: BankAccount, lines: set[str]) -> None:
    """Two rows of a file are two payments; money that no row names may be the row's under another reference."""
    try:
        check_twin(account, row.on, row.amount, known=lines)
    except ReceiptTwice as twice:
        message = f"{twice.message.partition(' If this')[0]} If it is another payment, import with --accept-twins."
        raise ReceiptTwice(message, field="reference") from None


def _is_there(row: ReceiptRow, agreement: Agreement, account: BankAccount, outcome: Outcome) -> bool:
    """True where the receipt is in the books. Raises ReceiptTwice where it is there with other facts."""
    reference = normalise_reference(row.reference)
    found = list(
        Receipt.objects.filter(bank_account=account, reference=reference).select_related("agreement").order_by("-pk")
    )
    for receipt in (receipt for receipt in found if not receipt.reversed_on):
        differences = _differences(row, agreement, receipt)
        if differences:
            message = f"{receipt} has the reference {reference} already, with {differences}."
            raise ReceiptTwice(message, field="reference")
        return True
    for receipt in found:
        if not _differences(row, agreement, receipt):
            outcome.note(f"{receipt} was reversed on {receipt.reversed_on} and stays so.", row=row.row)
            return True
    return False


def _differences(row: ReceiptRow, agreement: Agreement, receipt: Receipt) -> str:
    return describe_differences(
        {
            "agreement": (agreement, receipt.agreement),
            "date": (row.on, receipt.received_on),
            "amount": (row.amount, to_amount(receipt.amount)),
        }
    )
