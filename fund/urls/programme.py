"""Addresses of the programme pages."""

from django.urls import path, re_path

from fund.models import Allocation, Disbursement
from fund.views import (
    allocations,
    budgets,
    disbursements,
    flows,
    obligations,
    project_closures,
    projects,
    recommendations,
    sub_funds,
)
from fund.views.reversals import ReversalNew

urlpatterns = [
    path("projects/", projects.ProjectList.as_view(), name="project-list"),
    path("projects/new/", projects.ProjectNew.as_view(), name="project-new"),
    path("projects/<slug:code>/", projects.ProjectDetail.as_view(), name="project"),
    path("projects/<slug:code>/edit/", projects.ProjectEdit.as_view(), name="project-edit"),
    path("projects/<slug:code>/budgets/", budgets.BudgetVersions.as_view(), name="budget-list"),
    path("projects/<slug:code>/budgets/new/", budgets.BudgetNew.as_view(), name="budget-new"),
    path(
        "projects/<slug:code>/close-operations/",
        project_closures.OperationsClose.as_view(),
        name="project-close-operations",
    ),
    path(
        "projects/<slug:code>/close-accounts/", project_closures.AccountsClose.as_view(), name="project-close-accounts"
    ),
    path("projects/<slug:code>/reopen/", project_closures.ProjectReopen.as_view(), name="project-reopen"),
    path("allocations/", allocations.AllocationList.as_view(), name="allocation-list"),
    path("allocations/new/", allocations.AllocationNew.as_view(), name="allocation-new"),
    path("allocations/return/", allocations.AllocationReturn.as_view(), name="allocation-return"),
    path("allocations/move/", allocations.AllocationMove.as_view(), name="allocation-move"),
    path("allocations/<slug:number>/", allocations.AllocationDetail.as_view(), name="allocation"),
    path("allocations/<slug:number>/approve/", allocations.AllocationApprove.as_view(), name="allocation-approve"),
    path("allocations/<slug:number>/reject/", allocations.AllocationReject.as_view(), name="allocation-reject"),
    path("allocations/<slug:number>/reverse/", ReversalNew.as_view(model=Allocation), name="allocation-reverse"),
    path("obligations/", obligations.ObligationList.as_view(), name="obligation-list"),
    path("obligations/new/", obligations.ObligationNew.as_view(), name="obligation-new"),
    path("obligations/<slug:number>/", obligations.ObligationDetail.as_view(), name="obligation"),
    path("obligations/<slug:number>/cancel/", obligations.ObligationCancel.as_view(), name="obligation-cancel"),
    path("disbursements/", disbursements.DisbursementList.as_view(), name="disbursement-list"),
    path("disbursements/new/", disbursements.DisbursementNew.as_view(), name="disbursement-new"),
    path("disbursements/<slug:number>/", disbursements.DisbursementDetail.as_view(), name="disbursement"),
    path(
        "disbursements/<slug:number>/approve/",
        disbursements.DisbursementApprove.as_view(),
        name="disbursement-approve",
    ),
    path("disbursements/<slug:number>/reject/", disbursements.DisbursementReject.as_view(), name="disbursement-reject"),
    path(
        "disbursements/<slug:number>/reverse/",
        ReversalNew.as_view(model=Disbursement),
        name="disbursement-reverse",
    ),
    path("flow/", flows.FlowPage.as_view(), name="flow"),
    path("flow/spent/", flows.SpentPage.as_view(), name="spent"),
    re_path(
        r"^flow/(?P<number>[A-Z]{3}-[0-9]{4}-[0-9]+(?:/R[0-9]+)?)/$",
        flows.PaymentFlowPage.as_view(),
        name="payment-flow",
    ),
    path("recommendations/", recommendations.RecommendationList.as_view(), name="recommendation-list"),
    path("recommendations/<int:number>/", recommendations.RecommendationDetail.as_view(), name="recommendation"),
    path("sub-funds/", sub_funds.SubFundList.as_view(), name="sub-fund-list"),
    path("sub-funds/<slug:code>/", sub_funds.SubFundDetail.as_view(), name="sub-fund"),
]
