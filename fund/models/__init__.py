"""The fund's documents and the things that they name."""

from fund.models.agreement_changes import Amendment, AmendmentLine, Milestone
from fund.models.answers import Answer
from fund.models.approvals import Approval, Delegation
from fund.models.attachments import Attachment, AttachmentWithdrawal, FileContent
from fund.models.audit import AuditRecord, Refusal
from fund.models.base import Decided, Document, NumberSeries, State, document_kinds
from fund.models.budgets import BUDGET_CATEGORIES, Budget, BudgetLine
from fund.models.contributions import Agreement, Identity, Instalment, Pledge, Receipt, ReceiptLine, Recognition
from fund.models.deposits import Application, Placement, ReceiptPart
from fund.models.disbursements import Category, Disbursement, DisbursementLine, DisbursementState
from fund.models.donors import Donor, DonorAccess, DonorClass, Language
from fund.models.letters import Letter, LetterLine, Way
from fund.models.obligations import Obligation, ObligationCancellation, ObligationLine
from fund.models.opened_books import OpenedBook, OpeningMode
from fund.models.payees import Payee
from fund.models.projects import Allocation, AllocationLine, Direction, Project, ProjectRecommendation
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
    "BUDGET_CATEGORIES",
    "RUNS",
    "Agreement",
    "Allocation",
    "AllocationLine",
    "Amendment",
    "AmendmentLine",
    "Answer",
    "Application",
    "Approval",
    "Attachment",
    "AttachmentWithdrawal",
    "AuditRecord",
    "BankAccount",
    "BankCharge",
    "BankChargeLine",
    "Budget",
    "BudgetLine",
    "Category",
    "Decided",
    "Delegation",
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
    "Identity",
    "InKind",
    "Instalment",
    "Interest",
    "InterestLine",
    "Language",
    "Letter",
    "LetterLine",
    "Milestone",
    "NoInterest",
    "NumberSeries",
    "Obligation",
    "ObligationCancellation",
    "ObligationLine",
    "OpenedBook",
    "OpeningMode",
    "Payee",
    "Placement",
    "Pledge",
    "Project",
    "ProjectRecommendation",
    "Receipt",
    "ReceiptLine",
    "ReceiptPart",
    "Recognition",
    "Recovery",
    "RecoveryBase",
    "RecoveryLine",
    "RecoveryTerms",
    "Refusal",
    "Revaluation",
    "RevaluationLine",
    "SecretariatPayment",
    "SecretariatPaymentLine",
    "State",
    "Transfer",
    "TransferLine",
    "Way",
    "document_kinds",
]
