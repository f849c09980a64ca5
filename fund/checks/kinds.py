"""Every kind of document that the checks go through."""

from fund.checks.advances import ADVANCES
from fund.checks.agreements import CANCELLATIONS
from fund.checks.corrections import CORRECTIONS
from fund.checks.deposit_returns import DEPOSIT_RETURNS
from fund.checks.documents import DOCUMENTS
from fund.checks.letters import LETTERS
from fund.checks.reconciliations import RECONCILIATIONS
from fund.checks.reversals import REVERSALS
from fund.checks.runs import RUNS

KINDS = (
    *DOCUMENTS,
    CANCELLATIONS,
    DEPOSIT_RETURNS,
    *ADVANCES,
    *RUNS,
    *CORRECTIONS,
    REVERSALS,
    LETTERS,
    RECONCILIATIONS,
)
