"""Addresses of the contributions pages."""

from django.urls import path

from fund.views import (
    ageing,
    agreement_changes,
    agreements,
    applications,
    deposit_returns,
    deposits,
    donors,
    letters,
    pledges,
    receipts,
)

_AMENDMENT = "agreements/<slug:number>/amendments/<int:position>/"
_CANCELLATION = "agreements/<slug:number>/cancellations/<int:position>/"
_RETURN = "receipts/<slug:number>/returns/<int:position>/"
_MILESTONE = "agreements/<slug:number>/milestones/<int:position>/"

urlpatterns = [
    path("donors/", donors.DonorList.as_view(), name="donor-list"),
    path("donors/new/", donors.DonorNew.as_view(), name="donor-new"),
    path("donors/<slug:code>/", donors.DonorDetail.as_view(), name="donor"),
    path("donors/<slug:code>/edit/", donors.DonorEdit.as_view(), name="donor-edit"),
    path("pledges/", pledges.PledgeList.as_view(), name="pledge-list"),
    path("pledges/new/", pledges.PledgeNew.as_view(), name="pledge-new"),
    path("pledges/<slug:number>/", pledges.PledgeDetail.as_view(), name="pledge"),
    path("pledges/<slug:number>/last-day/", pledges.PledgeLastDay.as_view(), name="pledge-last-day"),
    path("pledges/<slug:number>/withdraw/", pledges.PledgeWithdraw.as_view(), name="pledge-withdraw"),
    path("pledges/<slug:number>/lapse/", pledges.PledgeLapse.as_view(), name="pledge-lapse"),
    path("agreements/", agreements.AgreementList.as_view(), name="agreement-list"),
    path("agreements/new/", agreements.AgreementNew.as_view(), name="agreement-new"),
    path("agreements/<slug:number>/", agreements.AgreementDetail.as_view(), name="agreement"),
    path("agreements/<slug:number>/approve/", agreements.AgreementApprove.as_view(), name="agreement-approve"),
    path("agreements/<slug:number>/reject/", agreements.AgreementReject.as_view(), name="agreement-reject"),
    path("agreements/<slug:number>/cancel/", agreement_changes.AgreementCancel.as_view(), name="agreement-cancel"),
    path("agreements/<slug:number>/amend/", agreement_changes.AgreementAmend.as_view(), name="agreement-amend"),
    path(_AMENDMENT, agreement_changes.AmendmentDetail.as_view(), name="amendment"),
    path(f"{_AMENDMENT}approve/", agreement_changes.AmendmentApprove.as_view(), name="amendment-approve"),
    path(f"{_AMENDMENT}reject/", agreement_changes.AmendmentReject.as_view(), name="amendment-reject"),
    path(_CANCELLATION, agreement_changes.CancellationDetail.as_view(), name="cancellation"),
    path(f"{_CANCELLATION}approve/", agreement_changes.CancellationApprove.as_view(), name="cancellation-approve"),
    path(f"{_CANCELLATION}reject/", agreement_changes.CancellationReject.as_view(), name="cancellation-reject"),
    path("agreements/<slug:number>/milestones/new/", agreement_changes.MilestoneNew.as_view(), name="milestone-new"),
    path(_MILESTONE, agreement_changes.MilestoneDetail.as_view(), name="milestone"),
    path(f"{_MILESTONE}accept/", agreement_changes.MilestoneAccept.as_view(), name="milestone-accept"),
    path(f"{_MILESTONE}reverse/", agreement_changes.MilestoneReverse.as_view(), name="milestone-reverse"),
    path("receipts/", receipts.ReceiptList.as_view(), name="receipt-list"),
    path("receipts/new/", receipts.receipt_new, name="receipt-new"),
    path("receipts/new/deposit/", deposits.DepositNew.as_view(), name="deposit-new"),
    path("receipts/new/parts/", deposits.PartsNew.as_view(), name="parts-new"),
    path("receipts/<slug:number>/", receipts.ReceiptDetail.as_view(), name="receipt"),
    path("receipts/<slug:number>/reverse/", receipts.ReceiptReverse.as_view(), name="receipt-reverse"),
    path("receipts/<slug:number>/identify/", deposits.ReceiptIdentify.as_view(), name="receipt-identify"),
    path("receipts/<slug:number>/return/", deposit_returns.ReceiptReturn.as_view(), name="receipt-return"),
    path("receipts/<slug:number>/undo/", deposits.ReceiptUndo.as_view(), name="receipt-undo"),
    path(_RETURN, deposit_returns.DepositReturnDetail.as_view(), name="deposit-return"),
    path(f"{_RETURN}approve/", deposit_returns.DepositReturnApprove.as_view(), name="deposit-return-approve"),
    path(f"{_RETURN}reject/", deposit_returns.DepositReturnReject.as_view(), name="deposit-return-reject"),
    path(f"{_RETURN}reverse/", deposit_returns.DepositReturnReverse.as_view(), name="deposit-return-reverse"),
    path("unapplied/", applications.ApplicationList.as_view(), name="application-list"),
    path("unapplied/new/", applications.ApplicationNew.as_view(), name="application-new"),
    path("unapplied/<slug:number>/", applications.ApplicationDetail.as_view(), name="application"),
    path("unapplied/<slug:number>/reverse/", applications.ApplicationReverse.as_view(), name="application-reverse"),
    path("ageing/", ageing.AgeingPage.as_view(), name="ageing"),
    path("letters/", letters.LetterList.as_view(), name="letter-list"),
    path("letters/new/", letters.LetterNew.as_view(), name="letter-new"),
    path("letters/<slug:number>/", letters.LetterDetail.as_view(), name="letter"),
    path("letters/<slug:number>/pdf/", letters.LetterPdf.as_view(), name="letter-pdf"),
    path("letters/<slug:number>/withdraw/", letters.LetterWithdraw.as_view(), name="letter-withdraw"),
]
