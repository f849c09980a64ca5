"""Where a payee or a donor is paid."""

import json
from hashlib import sha256
from secrets import token_hex

from django.db import models

from fund.account_numbers import mask
from fund.models.base import Decided
from fund.models.payees import OfRecipient


class BankDetails(OfRecipient, Decided):
    """An account of a payee or a donor that holds from a day on, once another person approved it.

    Each change is a version of its own, so that the page shows all there were. `account` is an IBAN or another number,
    in capitals and without blanks; it never stands in the journal nor in an audit record. `salt` makes the hash that
    stands there instead one that nobody can guess the number from.
    """

    PREFIX = "BNK"
    ROUTE = "bank-details"
    LINES = ""
    DAY = "valid_from"
    RELATED = ("payee", "donor")
    CONFIDENTIAL = frozenset({"account", "salt"})

    holder = models.CharField(max_length=200)
    account = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    bank = models.CharField(max_length=200)
    country = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    salt = models.CharField(max_length=64, default=token_hex, editable=False)

    class Meta(Decided.Meta):
        verbose_name = verbose_name_plural = "bank details"
        ordering = ("-valid_from", "-pk")
        constraints = (*OfRecipient.Meta.constraints, *Decided.Meta.constraints)

    @property
    def subject(self) -> str:
        return str(self.recipient)

    @property
    def masked(self) -> str:
        """The account for who need not know it."""
        return mask(self.account)

    @property
    def facts(self) -> tuple[str, ...]:
        """What makes two versions the same."""
        return (self.holder, self.account, self.bic, self.bank, self.country, self.currency)


def describe_details(details: BankDetails) -> str:
    """What the audit records say: whose, and a hash of everything, with the end of the number."""
    content = json.dumps([details.salt, details.recipient.code, *details.facts, details.valid_from.isoformat()])
    told = f"{details.recipient.code}, account {details.masked} from {details.valid_from}"
    return f"{told} (SHA-256 {sha256(content.encode()).hexdigest()})"
