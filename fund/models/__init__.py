"""The fund's documents and the things that they name."""

from fund.models.answers import Answer
from fund.models.attachments import Attachment, AttachmentWithdrawal, FileContent
from fund.models.audit import AuditRecord
from fund.models.base import Document, NumberSeries
from fund.models.contributions import Agreement, Instalment, Pledge, Receipt, ReceiptLine, Recognition
from fund.models.disbursements import Category, Disbursement, DisbursementLine, DisbursementState
from fund.models.donors import Donor, DonorAccess, DonorClass
from fund.models.opened_books import OpenedBook, OpeningMode
from fund.models.projects import Allocation, AllocationLine, Project, ProjectRecommendation
from fund.models.runs import (
    RUNS,
    BankCharge,
    BankChargeLine,
    InKind,
    Interest,
    InterestLine,
    NoInterest,
    Recovery,
    RecoveryBase,
    RecoveryLine,
    RecoveryTerms,
    Revaluation,
    RevaluationLine,
    SecretariatPayment,
    SecretariatPaymentLine,
    Transfer,
    TransferLine,
)
from fund.models.treasury import BankAccount, ExchangeRate

__all__ = [
    "RUNS",
    "Agreement",
    "Allocation",
    "AllocationLine",
    "Answer",
    "Attachment",
    "AttachmentWithdrawal",
    "AuditRecord",
    "BankAccount",
    "BankCharge",
    "BankChargeLine",
    "Category",
    "Disbursement",
    "DisbursementLine",
    "DisbursementState",
    "Document",
    "Donor",
    "DonorAccess",
    "DonorClass",
    "ExchangeRate",
    "FileContent",
    "InKind",
    "Instalment",
    "Interest",
    "InterestLine",
    "NoInterest",
    "NumberSeries",
    "OpenedBook",
    "OpeningMode",
    "Pledge",
    "Project",
    "ProjectRecommendation",
    "Receipt",
    "ReceiptLine",
    "Recognition",
    "Recovery",
    "RecoveryBase",
    "RecoveryLine",
    "RecoveryTerms",
    "Revaluation",
    "RevaluationLine",
    "SecretariatPayment",
    "SecretariatPaymentLine",
    "Transfer",
    "TransferLine",
]
