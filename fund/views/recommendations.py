"""The 35 recommendations that the fund's projects serve."""

from typing import Any

from django.http import Http404
from django.utils.translation import get_language, get_language_info

from fund.queries.recommendations import count_projects, projects_serving
from fund.queries.uses import LATEST
from fund.recommendations import RECOMMENDATIONS, SECTIONS, Recommendation, UnknownRecommendation, get_recommendation
from fund.views.pages import PlainPage
from fund.views.projects import add_figures


class RecommendationList(PlainPage):
    """All of them by section, with the number of projects that serve each."""

    template_name = "fund/recommendation_list.html"
    permission_required = "fund.view_project"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        language, counts = get_language() or "", count_projects()
        sections = [
            {
                "number": section.number,
                "title": section.title(language),
                "rows": [
                    (number, get_recommendation(number).title(language), counts.get(number, 0))
                    for number in range(section.first, section.last + 1)
                ],
            }
            for section in SECTIONS
        ]
        context |= {"sections": sections, "served": len(counts), "whole": len(RECOMMENDATIONS)}
        return super().get_context_data(**context)


class RecommendationDetail(PlainPage):
    """One of them in every language, with the projects that serve it."""

    template_name = "fund/recommendation_detail.html"
    permission_required = "fund.view_project"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        try:
            found = get_recommendation(self.kwargs["number"])
        except UnknownRecommendation as unknown:
            raise Http404(str(unknown)) from None
        language, serving = get_language() or "", projects_serving(found.number)
        return super().get_context_data(
            recommendation=found,
            title=found.title(language),
            section=found.section.title(language),
            titles=_list_titles(found),
            projects=add_figures(serving[:LATEST]),
            more=serving.count() > LATEST,
            before=found.number - 1,
            after=found.number + 1 if found.number < len(RECOMMENDATIONS) else 0,
            **context,
        )


def _list_titles(found: Recommendation) -> list[tuple[str, str, str]]:
    """Each language as HTML names it, its own name for itself and the title in it."""
    codes = [code.replace("_", "-") for code in found.titles]
    return [(code, get_language_info(code.lower())["name_local"].capitalize(), found.title(code)) for code in codes]
