"""The fund's documents and the things that they name."""

from fund.models.answers import Answer
from fund.models.attachments import Attachment, AttachmentWithdrawal, FileContent
from fund.models.audit import AuditRecord
from fund.models.base import Document, NumberSeries
from fund.models.contributions import Agreement, Identity, Instalment, Pledge, Receipt, ReceiptLine, Recognition
from fund.models.deposits import Application, Placement, ReceiptPart
from fund.models.disbursements import Category, Disbursement, DisbursementLine, DisbursementState
from fund.models.donors import Donor, DonorAccess, DonorClass
from fund.models.opened_books import OpenedBook, OpeningMode
from fund.models.projects import Allocation, AllocationLine, Project, ProjectRecommendation
from fund.models.treasury import BankAccount, ExchangeRate

__all__ = [
    "Agreement",
    "Allocation",
    "AllocationLine",
    "Answer",
    "Application",
    "Attachment",
    "AttachmentWithdrawal",
    "AuditRecord",
    "BankAccount",
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
    "Identity",
    "Instalment",
    "NumberSeries",
    "OpenedBook",
    "OpeningMode",
    "Placement",
    "Pledge",
    "Project",
    "ProjectRecommendation",
    "Receipt",
    "ReceiptLine",
    "ReceiptPart",
    "Recognition",
]
