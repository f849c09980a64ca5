"""The fund's documents and the things that they name."""

from fund.models.answers import Answer
from fund.models.attachments import Attachment, AttachmentWithdrawal, FileContent
from fund.models.audit import AuditRecord
from fund.models.base import Document, NumberSeries
from fund.models.budgets import BUDGET_CATEGORIES, Budget, BudgetLine
from fund.models.contributions import Agreement, Instalment, Pledge, Receipt, ReceiptLine, Recognition
from fund.models.disbursements import Category, Disbursement, DisbursementLine, DisbursementState
from fund.models.donors import Donor, DonorAccess, DonorClass
from fund.models.obligations import Obligation, ObligationCancellation, ObligationLine
from fund.models.opened_books import OpenedBook, OpeningMode
from fund.models.projects import Allocation, AllocationLine, Direction, Project, ProjectRecommendation
from fund.models.treasury import BankAccount, ExchangeRate

__all__ = [
    "BUDGET_CATEGORIES",
    "Agreement",
    "Allocation",
    "AllocationLine",
    "Answer",
    "Attachment",
    "AttachmentWithdrawal",
    "AuditRecord",
    "BankAccount",
    "Budget",
    "BudgetLine",
    "Category",
    "Direction",
    "Disbursement",
    "DisbursementLine",
    "DisbursementState",
    "Document",
    "Donor",
    "DonorAccess",
    "DonorClass",
    "ExchangeRate",
    "FileContent",
    "Instalment",
    "NumberSeries",
    "Obligation",
    "ObligationCancellation",
    "ObligationLine",
    "OpenedBook",
    "OpeningMode",
    "Pledge",
    "Project",
    "ProjectRecommendation",
    "Receipt",
    "ReceiptLine",
    "Recognition",
]
