"""Triggers that make the database itself refuse what the books refuse, on SQLite and PostgreSQL.

The same on both engines and whoever writes: entries, postings, links, accounts, fiscal years and closings are never
updated, replaced or deleted; a posting or a link comes before its entry, which seals it; an entry is taken only with
two or more postings of its own day that add up to zero in each sub-fund; none is taken that is dated in a closed
period or out of its year; and periods close one after the other. The foreign keys are deferred, so a posting whose
entry never comes fails at the commit.
"""

from ledger.frozen_tables import FrozenTables, Rule
from ledger.periods import EARLIEST, LATEST

# PostgreSQL's advisory lock that puts the writers of the books in line. Any number that no other software takes.
LOCK = 0x766374660001

_KEYS = {
    "ledger_entry": (
        ("id",),
        ("number",),
        ("year_id", "sequence"),
        ("reverses_id",),
        ("previous_sha256",),
        ("sha256",),
    ),
    "ledger_posting": (("id",), ("entry_id", "line")),
    "ledger_link": (("id",), ("entry_id", "document")),
    "ledger_account": (("id",), ("name",)),
    "ledger_fiscalyear": (("year",),),
    "ledger_closing": (("id",), ("period",)),
}

# Whoever inserts, even past this software, waits for the writer who is at work and then sees what it sealed: which a
# transaction that began before and keeps to what it saw then would not.
_WAIT = f"""
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the journal is written in READ COMMITTED' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM pg_advisory_xact_lock({LOCK});
"""

_EXISTING = "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)"
# Counted, and not EXISTS: of a table that it has no statistics of yet PostgreSQL hopes to find the first row soon, and
# goes through all of it in the order of the sub-funds.
_UNBALANCED = """
    (SELECT COUNT(*) FROM (
        SELECT fund FROM ledger_posting WHERE entry_id = NEW.id GROUP BY fund HAVING SUM(functional) <> 0
    ) AS unbalanced) > 0
    OR NOT (
        SELECT COUNT(*) > 1 AND MIN(dated_on) = NEW.dated_on AND MAX(dated_on) = NEW.dated_on
        FROM ledger_posting WHERE entry_id = NEW.id
    )
"""
_CLOSED = "EXISTS (SELECT 1 FROM ledger_closing WHERE ends_on >= NEW.dated_on)"
_NEWEST = "(SELECT MAX(ends_on) FROM ledger_closing)"

# After a year comes the first month of the next open one, after its December the year itself, and after any other month
# the next. In parentheses, since PL/pgSQL would take the first THEN for its own.
_OUT_OF_ORDER = {
    "sqlite": f"""
        EXISTS (SELECT 1 FROM ledger_closing) AND (CASE
        WHEN strftime('%m-%d', {_NEWEST}) IS NOT '12-31' THEN NEW.begins_on IS NOT date({_NEWEST}, '+1 day')
        WHEN NOT EXISTS (
            SELECT 1 FROM ledger_closing WHERE ends_on = {_NEWEST} AND begins_on = strftime('%Y-01-01', ends_on)
        ) THEN NEW.ends_on IS NOT {_NEWEST} OR NEW.begins_on IS NOT strftime('%Y-01-01', NEW.ends_on)
        ELSE strftime('%m-%d', NEW.begins_on) IS NOT '01-01' OR NEW.begins_on <= {_NEWEST} OR EXISTS (
            SELECT 1 FROM ledger_fiscalyear
            WHERE year > strftime('%Y', {_NEWEST}) + 0 AND year < strftime('%Y', NEW.begins_on) + 0
        ) END)
    """,
    "postgresql": f"""
        EXISTS (SELECT 1 FROM ledger_closing) AND (CASE
        WHEN to_char({_NEWEST}, 'MM-DD') <> '12-31' THEN NEW.begins_on <> {_NEWEST} + 1
        WHEN NOT EXISTS (
            SELECT 1 FROM ledger_closing WHERE ends_on = {_NEWEST} AND begins_on = date_trunc('year', ends_on)::date
        ) THEN NEW.ends_on <> {_NEWEST} OR NEW.begins_on <> date_trunc('year', NEW.ends_on)::date
        ELSE to_char(NEW.begins_on, 'MM-DD') <> '01-01' OR NEW.begins_on <= {_NEWEST} OR EXISTS (
            SELECT 1 FROM ledger_fiscalyear
            WHERE year > EXTRACT(YEAR FROM {_NEWEST}) AND year < EXTRACT(YEAR FROM NEW.begins_on)
        ) END)
    """,
}
# What is dated out of its year may be dated to a day that Python does not have, such as PostgreSQL's infinity.
_OUT_OF_YEAR = {
    "sqlite": "strftime('%Y', NEW.dated_on) + 0 IS NOT NEW.year_id",
    "postgresql": "EXTRACT(YEAR FROM NEW.dated_on) <> NEW.year_id",
}
_OWN_YEAR = "an entry is dated in its year"
_NO_YEAR = f"NEW.year NOT BETWEEN {EARLIEST} AND {LATEST}"
_YEAR_PAST = {
    "sqlite": f"NEW.year <= strftime('%Y', {_NEWEST}) + 0",
    "postgresql": f"NEW.year <= EXTRACT(YEAR FROM {_NEWEST})",
}


def _day_rule(table: str, *columns: str) -> Rule:
    # SQLite compares days as texts: 2026-3-5 would come after 2026-03-31. With nothing to add, 2026-02-30 is one to it.
    wrong = " OR ".join(f"NEW.{column} IS NOT date(NEW.{column}, '+0 days')" for column in columns)
    return Rule(f"{table}_days", table, wrong, "a day is written like 2026-12-31", ("sqlite",))


_RULES = (
    # Together, because these are asked of every row of a batch.
    Rule("ledger_posting_sealed", "ledger_posting", _EXISTING, "the entry is already sealed", together=True),
    Rule("ledger_link_sealed", "ledger_link", _EXISTING, "the entry is already sealed", together=True),
    Rule(
        "ledger_entry_balanced", "ledger_entry", _UNBALANCED, "an entry adds up to zero in each sub-fund", together=True
    ),
    Rule("ledger_entry_not_closed", "ledger_entry", _CLOSED, "the period is closed", together=True),
    *(
        Rule("ledger_entry_in_year", "ledger_entry", condition, _OWN_YEAR, (vendor,), together=True)
        for vendor, condition in _OUT_OF_YEAR.items()
    ),
    _day_rule("ledger_entry", "dated_on"),
    _day_rule("ledger_posting", "dated_on"),
    _day_rule("ledger_closing", "begins_on", "ends_on"),
    *(
        Rule("ledger_closing_in_order", "ledger_closing", condition, "periods close in order", (vendor,))
        for vendor, condition in _OUT_OF_ORDER.items()
    ),
    Rule("ledger_fiscalyear_exists", "ledger_fiscalyear", _NO_YEAR, f"a year is {EARLIEST} to {LATEST}"),
    *(
        Rule("ledger_fiscalyear_not_closed", "ledger_fiscalyear", condition, "the period is closed", (vendor,))
        for vendor, condition in _YEAR_PAST.items()
    ),
)

JOURNAL = FrozenTables(_KEYS, "ledger_frozen", "the journal is append-only", _RULES, first=" ".join(_WAIT.split()))

names, find_missing = JOURNAL.names, JOURNAL.find_missing
install, remove = JOURNAL.install, JOURNAL.remove
install_by, remove_by = JOURNAL.install_by, JOURNAL.remove_by
