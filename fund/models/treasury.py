"""Bank accounts of the fund and exchange rates."""

from django.db import models
from django.urls import reverse

from fund.policy import BANK


class BankAccount(models.Model):
    """An account at a bank, in one currency. The code is the last part of its account in the ledger."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    def get_absolute_url(self) -> str:
        """The account's register in the ledger."""
        return reverse("fund:account", args=[self.account])

    @property
    def account(self) -> str:
        """The account in the ledger."""
        return BANK + self.code


class ExchangeRate(models.Model):
    """A rate in force from a day on, in units of the functional currency per unit of `currency`."""

    currency = models.CharField(max_length=3)
    effective_on = models.DateField()
    rate = models.DecimalField(max_digits=15, decimal_places=8)

    class Meta:
        ordering = ("-effective_on", "currency")
        constraints = (models.UniqueConstraint(fields=("currency", "effective_on"), name="rate_once_per_day"),)

    def __str__(self) -> str:
        return f"{self.currency} {self.effective_on} {self.rate}"
