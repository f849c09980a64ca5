"""The lines of a document's form."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

# No document has more; a form that claims more is not ours.
MOST_LINES = 100


def line_formset(
    form: type[forms.Form], *, base: type[BaseFormSet[Any]] = BaseFormSet, extra: int = 1
) -> type[BaseFormSet[Any]]:
    """The formset of a document's lines: each can be removed, and blank ones are no lines."""
    return formset_factory(
        form,
        formset=base,
        extra=extra,
        can_delete=True,
        max_num=MOST_LINES,
        absolute_max=MOST_LINES,
        validate_max=True,
    )


def filled_lines(formset: Iterable[Any]) -> list[dict[str, Any]]:
    """The cleaned values of the lines that are neither blank nor removed, in their order."""
    lines = (getattr(line, "cleaned_data", {}) for line in formset)
    return [values for values in lines if values and not values.get("DELETE")]
