"""What documents, donors, payees and projects are, against what the audit records say that their acts left."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from math import inf
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import CharField, DateTimeField, Field, ForeignKey, JSONField, Max, Min, Model, Q, TextField
from djmoney.models.fields import CurrencyField, MoneyField

from fund.checks.related import load_related, read_rows
from fund.models import AuditRecord, Decided, Donor, Payee, Project, Remembers
from fund.models.audit import read_fields, read_lines
from ledger.checks import Report

_CHUNK = 2_000
# `check_projects` compares these with the acts themselves.
_ELSEWHERE = ("operations_closed_on", "accounts_closed_on")
_KEPT = ("before", "after")
_NAMED: tuple[type[Donor | Payee | Project], ...] = (Donor, Payee, Project)


class Told:
    """What the acts on one thing left of it, by field. Records of before kept nothing: then nothing is known."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.is_whole: bool | None = None
        self.is_readable = self.is_followed = True

    def add(self, before: str, after: str) -> None:
        """Takes over what the next act changed, as JSON."""
        was, now = map(read_fields, (before, after))
        if was is None or now is None:
            self.is_readable = False
            return
        if self.is_whole is None:
            self.is_whole = bool(now) and not was
        else:
            self.is_followed &= all(self._goes_on(name, was.get(name, "")) for name in {**was, **now})
        self.fields |= dict.fromkeys(was, "") | now

    def _goes_on(self, name: str, was: str) -> bool:
        """Whether a field was what the acts before left of it, as far as that is known."""
        left = self.fields.get(name, "" if self.is_whole else was)
        # What is named by its name in one record may be so by its key in the next.
        return left == was or left.isdecimal() or was.isdecimal()


def find_changed(
    rows: Sequence[Any], told: Mapping[str, Told], name: Callable[[Any], str] = str
) -> dict[str, list[str]]:
    """What of each row is not what its last act left, by the row's `name`; `told` has that by the same."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    if not rows:
        return found
    fields = [field for field in type(rows[0])._meta.concrete_fields if _is_told(rows[0], field)]
    load_related(
        rows, [field.name for field in fields if isinstance(field, ForeignKey) and not field.is_cached(rows[0])]
    )
    names = [field.name for field in fields]
    texts = zip(*(_read_column(field, rows) for field in fields), strict=True)
    for row, has in zip(rows, texts, strict=True):
        called = name(row)
        known = told[called]
        if not known.is_readable:
            found[called].append(f"{called} has an audit record that cannot be read.")
        if not known.is_followed:
            found[called].append(f"{called} has an audit record that does not go on from that before.")
        said = tuple(map(known.fields.get, names, repeat("" if known.is_whole else None)))
        if said == has:
            continue
        for field, words, text in zip(names, said, has, strict=True):
            if words is not None and words != text and not _was_named(row, field, words):
                found[called].append(f"{called} has another {field} than the audit record says.")
    return found


def find_changed_lines(documents: Sequence[Any], told: Mapping[str, Told]) -> dict[str, list[str]]:
    """What of the lines of each document, in its `rows`, is not what it was when it was prepared, by its number."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    lines: dict[str, tuple[str, Any, Told]] = {}
    for document in documents:
        texts = _read_lines(document, told[document.number])
        if texts is None:
            continue
        rows = sorted(document.rows, key=lambda row: row.pk)
        if len(rows) < len(texts) or not all(map(_is_amended, rows[len(texts) :])):
            found[document.number].append(f"{document} has other lines than the audit record says.")
        for place, (row, text) in enumerate(zip(rows, texts, strict=False), 1):
            row.called = f"Line {place} of {document}"
            lines[row.called] = document.number, row, _tell_line(row, text)
    known = {name: words for name, (_, _, words) in lines.items()}
    changed = find_changed([row for _, row, _ in lines.values()], known, lambda row: row.called)
    for name, problems in changed.items():
        found[lines[name][0]] += problems
    return found


def _read_lines(document: Any, told: Told) -> list[dict[str, str]] | None:
    """The lines that a document was prepared with; None where its kind has no such, or its record is of before."""
    said = told.fields.get(getattr(document, "LINES", ""))
    # Where they cannot be read, those that are there are others.
    return (read_lines(said) or []) if said else None


def _is_amended(row: Any) -> bool:
    """An instalment that an amendment changed or added is followed from the amendment."""
    return bool(getattr(row, "changed", ()))


def _tell_line(row: Any, text: Mapping[str, str]) -> Told:
    told = Told()
    if not _is_amended(row):
        # What has no instalment yet is given one by the approval.
        told.fields = {name: value for name, value in text.items() if value or name != "instalment"}
    return told


def _is_told(row: Model, field: Field[Any, Any]) -> bool:
    """Not who did something and when, which other checks see, nor what audit records leave out."""
    left_out = field.primary_key or isinstance(field, (DateTimeField, CurrencyField)) or field.related_model is User
    if not isinstance(row, Remembers):
        # What a line is of is no part of it.
        of = field.related_model
        return not left_out and not (isinstance(of, type) and issubclass(of, Decided))
    return not left_out and field.name not in (*row.CONFIDENTIAL, *_ELSEWHERE)


def _read_column(field: Field[Any, Any], rows: Sequence[Any]) -> list[str]:
    """The values of a field as texts, as audit records have them."""
    values = [row.__dict__[field.attname] for row in rows]
    if isinstance(field, MoneyField):
        return list(map(_read_money, values, [row.__dict__[f"{field.attname}_currency"] for row in rows]))
    if isinstance(field, JSONField):
        return [json.dumps(value, ensure_ascii=False) if value else "" for value in values]
    if isinstance(field, (CharField, TextField)):
        return [value or "" for value in values]
    if isinstance(field, ForeignKey):
        # Each thing that is named, once.
        named = {value: row for value, row in zip(values, rows, strict=True) if value is not None}
        texts = {value: str(get_named(row, field.name) or "") for value, row in named.items()}
        return [texts.get(value, "") for value in values]
    return ["" if value is None else str(value) for value in values]


def _read_money(amount: Any, currency: str | None) -> str:
    return "" if amount is None else f"{currency} {amount.normalize():f}"


def _was_named(row: Any, field: str, said: str) -> bool:
    """Where what it names is told by its key, or by a name that is another one since: the codes never change."""
    key = row._meta.get_field(field)
    if not isinstance(key, ForeignKey) or not said:
        return False
    if said == str(row.__dict__[key.attname]):
        return True
    named = get_named(row, field)
    if isinstance(named, Donor | Payee):
        return said == named.name or said in _former_names(named)
    return named is not None and said.split(" · ")[0] == str(named).split(" · ")[0]


def _former_names(named: Donor | Payee) -> set[str]:
    noun = named._meta.verbose_name
    acts = AuditRecord.objects.filter(subject=named.code, act__in=(f"add {noun}", f"change {noun}"))
    return read_names(acts.values_list("after", flat=True))


def read_names(afters: Iterable[str]) -> set[str]:
    """The names that acts gave."""
    return {(read_fields(after) or {}).get("name", "") for after in afters}


def get_named(row: Any, field: str) -> Any:
    """What a row names; None where that is gone."""
    try:
        return getattr(row, field)
    except ObjectDoesNotExist:
        return None


def find_gone(told: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """What was told of, and is not there."""
    return (f"{name} is gone: the audit records have it." for name in sorted(set(told).difference(known)))


def find_untold(known: Iterable[str], told: Collection[str]) -> Iterator[str]:
    """What is there, and was never told of: each thing that is added has its audit record."""
    return (f"{name} has no audit record." for name in sorted(set(known).difference(told)))


def find_first(act: str) -> float:
    """The place of the first such act among the audit records, after which none is of before; beyond all for none."""
    first: int | None = AuditRecord.objects.filter(act=act).aggregate(first=Min("id"))["first"]
    return inf if first is None else first


def find_told(rows: Iterable[tuple[str, str, str]]) -> defaultdict[str, Told]:
    """What was told of things, by their names, out of audit records in order: subject, before and after."""
    found: defaultdict[str, Told] = defaultdict(Told)
    for subject, before, after in rows:
        found[subject].add(before, after)
    return found


def check_named(report: Report) -> Iterator[str]:
    """Donors, payees and projects are what they were said to be when they were added and changed."""
    for model in _NAMED:
        ending = f" {model._meta.verbose_name}"
        acts = AuditRecord.objects.filter(act__endswith=ending).exclude(act__startswith="screen ").order_by("id")
        told = find_told(acts.values_list("subject", "before", "after").iterator())
        rows: list[Any] = list(read_rows(model, at_once=_CHUNK))
        codes = {row.code for row in rows}
        yield from chain(find_gone(told, codes), find_untold(codes, told))
        yield from chain.from_iterable(find_changed(rows, told, lambda row: row.code).values())
        report(f"{len(rows):,} {model._meta.verbose_name_plural}")


def check_kept(report: Report) -> Iterator[str]:
    """What audit records keep of their acts looks as it was written; of documents all of it is read beside them.

    Once records of an act keep something, all later ones do, but for what is said to be changed and may be as it was.
    """
    sound = [Q(**{name: ""}) | Q(**{f"{name}__startswith": '{"', f"{name}__endswith": '"}'}) for name in _KEPT]
    for act, subject in AuditRecord.objects.exclude(*sound).order_by("id").values_list("act", "subject"):
        yield f"The audit record of “{act}” on {subject} cannot be read."
    empty = Q(before="", after="") & ~Q(act__startswith="change ")
    kept = dict(AuditRecord.objects.exclude(before="", after="").order_by().values_list("act").annotate(Min("id")))
    for act, last in AuditRecord.objects.filter(empty).order_by().values_list("act").annotate(Max("id")):
        if last > kept.get(act, inf):
            yield f"The audit record of “{act}” on {AuditRecord.objects.get(pk=last).subject} keeps nothing of it."
