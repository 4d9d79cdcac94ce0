"""The figures of the programme on one day, as one document: the start page, the API and reports show the same."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from matchmaking.programme.demand import demand_figures, requirements_by_province
from matchmaking.programme.supply import firms_figures
from taxonomy.models import Standard


def figures_on(day: date) -> dict[str, Any]:
    """What `ProgrammeFiguresSerializer` documents, as JSON holds it. As many queries however many firms there are.

    Args:
        day: today, in Vietnam: states are as they are now, certificates are aged by the day.
    """
    supply, asked = firms_figures(day), requirements_by_province()
    for line in supply["by_province"]:
        line["requirements"] = asked[line["code"]]
    return {
        "day": day.isoformat(),
        "definition": _definition(),
        "goals": {"share_pct": settings.PROGRAMME_SHARE_GOAL_PCT, "firms": settings.PROGRAMME_FIRMS_GOAL},
        **supply,
        **demand_figures(day),
    }


def _definition() -> dict[str, Any]:
    """What counts as international standard, in words of both languages, and the standards that count."""
    counting = Standard.objects.filter(counts_as_international=True).order_by("code")
    words = {}
    for language in ("vi", "en"):
        with translation.override(language):
            words[f"text_{language}"] = gettext(
                "At international standard: a published firm with at least one process at a site of production that a "
                "document shows (L1 or better), and at least one certificate valid on the day, checked with the issuer "
                "(L2 or better), of a standard that counts as international. The share is of all published firms."
            )
    return {**words, "standards": [row.name_en or row.code for row in counting]}
