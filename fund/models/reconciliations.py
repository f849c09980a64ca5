"""What a bank's statement says of an account, and what explains where the books say something else."""

from django.db import models
from django.db.models import Q

from fund.models.base import Document, money_field
from fund.models.treasury import BankAccount


class BankReconciliation(Document):
    """A statement of a bank account, dated its last day, and the books at that day's end. It posts nothing.

    `balance` is what the bank prints, `booked` what the books had when it was recorded; with the lines, the first is
    the second. One that was wrong is withdrawn, and another may be recorded.
    """

    PREFIX = "BRC"
    ROUTE = "bank-reconciliation"

    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="reconciliations")
    dated_on = models.DateField()
    reference = models.CharField(max_length=60)
    balance = money_field()
    booked = money_field()
    withdrawn_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ("-dated_on", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("bank_account", "dated_on"),
                condition=Q(withdrawn_on=None),
                name="one_reconciliation_stands_per_account_and_day",
            ),
        )


class BankReconciliationLine(models.Model):
    """What the books have and the bank has not yet (positive where it is a debit of the account), or the reverse."""

    reconciliation = models.ForeignKey(BankReconciliation, on_delete=models.PROTECT, related_name="lines")
    text = models.CharField(max_length=200)
    amount = money_field()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.reconciliation_id} {self.text}"
