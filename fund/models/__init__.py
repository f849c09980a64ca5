"""The fund's documents and the things that they name."""

from fund.models.advances import (
    Advance,
    AdvanceLine,
    AdvanceReport,
    AdvanceReportLine,
    AdvanceReturn,
    AdvanceReturnLine,
    ReportState,
)
from fund.models.agreement_changes import Amendment, AmendmentLine, Cancellation, Milestone
from fund.models.answers import Answer
from fund.models.approvals import Approval, Delegation
from fund.models.attachments import Attachable, Attachment, AttachmentWithdrawal, FileContent
from fund.models.audit import AuditRecord, Refusal
from fund.models.bank_details import BankDetails
from fund.models.base import Decided, Document, NumberSeries, State, document_kinds
from fund.models.budgets import BUDGET_CATEGORIES, Budget, BudgetLine
from fund.models.changes import Remembers
from fund.models.contributions import Agreement, Identity, Instalment, Pledge, Receipt, ReceiptLine, Recognition
from fund.models.corrections import (
    CORRECTIONS,
    Correction,
    ManualEntry,
    ManualLine,
    Refund,
    WriteOff,
    WriteOffLine,
)
from fund.models.deposits import Application, DepositReturn, Placement, ReceiptPart
from fund.models.disbursements import Category, Disbursement, DisbursementLine, DisbursementState
from fund.models.donors import Donor, DonorAccess, DonorClass, Language
from fund.models.letters import Letter, LetterLine, Way
from fund.models.obligations import Obligation, ObligationCancellation, ObligationLine
from fund.models.opened_books import OpenedBook, OpeningMode
from fund.models.payees import OfRecipient, Payee, Recipient, of_recipient
from fund.models.projects import Allocation, AllocationLine, Direction, Project, ProjectRecommendation
from fund.models.reconciliations import BankReconciliation, BankReconciliationLine
from fund.models.reversals import REVERSAL_NUMBER, REVERSIBLE, Reversal
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
from fund.models.screenings import MATCHES, Screening, ScreeningResult
from fund.models.treasury import BankAccount, ExchangeRate

__all__ = [
    "BUDGET_CATEGORIES",
    "CORRECTIONS",
    "MATCHES",
    "REVERSAL_NUMBER",
    "REVERSIBLE",
    "RUNS",
    "Advance",
    "AdvanceLine",
    "AdvanceReport",
    "AdvanceReportLine",
    "AdvanceReturn",
    "AdvanceReturnLine",
    "Agreement",
    "Allocation",
    "AllocationLine",
    "Amendment",
    "AmendmentLine",
    "Answer",
    "Application",
    "Approval",
    "Attachable",
    "Attachment",
    "AttachmentWithdrawal",
    "AuditRecord",
    "BankAccount",
    "BankCharge",
    "BankChargeLine",
    "BankDetails",
    "BankReconciliation",
    "BankReconciliationLine",
    "Budget",
    "BudgetLine",
    "Cancellation",
    "Category",
    "Correction",
    "Decided",
    "Delegation",
    "DepositReturn",
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
    "ManualEntry",
    "ManualLine",
    "Milestone",
    "NoInterest",
    "NumberSeries",
    "Obligation",
    "ObligationCancellation",
    "ObligationLine",
    "OfRecipient",
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
    "Recipient",
    "Recognition",
    "Recovery",
    "RecoveryBase",
    "RecoveryLine",
    "RecoveryTerms",
    "Refund",
    "Refusal",
    "Remembers",
    "ReportState",
    "Revaluation",
    "RevaluationLine",
    "Reversal",
    "Screening",
    "ScreeningResult",
    "SecretariatPayment",
    "SecretariatPaymentLine",
    "State",
    "Transfer",
    "TransferLine",
    "Way",
    "WriteOff",
    "WriteOffLine",
    "document_kinds",
    "of_recipient",
]
