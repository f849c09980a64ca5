"""The lines of a document's form."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# No document has more; a form that claims more is not ours.
MOST_LINES = 100


class BaseLines(BaseFormSet[Any]):
    """Lines, in the words that the page uses for them."""

    default_error_messages = {
        "missing_management_form": _("The lines did not arrive whole. Open the form again and fill them in once more."),
        "too_many_forms": ngettext_lazy("At most %(num)d line.", "At most %(num)d lines.", "num"),
    }

    def is_filled(self, line: Any) -> bool:
        """Whether a line says something: it is neither blank nor removed."""
        values = getattr(line, "cleaned_data", {})
        return bool(values) and not values.get("DELETE")


def line_formset(
    form: type[forms.Form], *, base: type[BaseFormSet[Any]] = BaseLines, extra: int = 1
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


def filled_lines(formset: BaseLines) -> list[dict[str, Any]]:
    """The cleaned values of the lines that are neither blank nor removed, in their order."""
    return [line.cleaned_data for line in formset if formset.is_filled(line)]


def number_lines(formset: BaseLines) -> list[int]:
    """The numbers of these lines on the page, which counts every line."""
    return [number for number, line in enumerate(formset, 1) if formset.is_filled(line)]
