"""A plan of upgrades as one document, as JSON holds it: the API answers with it, scenarios keep it, pages show it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matchmaking.decisions.upgrades import DEMAND
from matchmaking.programme.supply import code_of, named
from matchmaking.programme.upgrades import PlannedUpgrades, UpgradeQuestion
from taxonomy.models import Province, Sector


def document_of(found: PlannedUpgrades) -> dict[str, Any]:
    """What `UpgradePlanSerializer` documents, with the explanation in each language, and the costs that were given."""
    plan, question = found.plan, found.question
    return {
        "day": found.day.isoformat(),
        "budget_vnd": str(question.budget_vnd),
        "costs": [{"standard": code, "cost_vnd": str(cost)} for code, cost in question.costs_vnd.items()],
        "aim": question.aim,
        "ready_on": question.ready_on.isoformat(),
        "most_firms": question.most_firms,
        "province": _entry(question.province),
        "sector": _entry(question.sector),
        "cost_vnd": str(plan.cost),
        "gained": plan.gained,
        "bound": plan.bound,
        "gap": plan.gap,
        "firms": plan.firms,
        "requirements": len(plan.unlocked),
        "candidates": found.candidates,
        "without_documents": found.without_documents,
        "requirements_asked": found.asked,
        **_in_each_language(found),
        "upgrades": [
            {
                "supplier": each.firm,
                "legal_name": found.firms[each.firm].organisation.legal_name,
                "standard": each.standard,
                "cost_vnd": str(each.cost),
                "is_international": each.is_international,
                "unlocks": sorted(each.unlocks),
            }
            for each in plan.chosen
        ],
        "goal_share_pct": settings.PROGRAMME_SHARE_GOAL_PCT,
        "goal_reached_in": found.goal_reached_in,
        "forecast": [
            {
                "quarter": each.quarter,
                "last_day": each.last_day.isoformat(),
                "international": each.international,
                "share_pct": each.share_pct,
                "international_with_plan": each.international_with_plan,
                "share_pct_with_plan": each.share_pct_with_plan,
            }
            for each in found.forecast
        ],
    }


def in_language(document: Mapping[str, Any], language: str | None) -> dict[str, Any]:
    """The body of an answer: `explanation` in one language. The document is not changed; one that was kept when plans
    could not be limited to a province or a sector says that it is not."""
    texts = {name: document[f"explanation_{name}"] for name, _label in settings.LANGUAGES}
    body = {name: value for name, value in document.items() if not name.startswith("explanation_")}
    return {"province": None, "sector": None, **body, "explanation": texts.get((language or "")[:2], texts["vi"])}


def _entry(entry: Province | Sector | None) -> dict[str, str] | None:
    return None if entry is None else named(entry, code_of(entry))


def _in_each_language(found: PlannedUpgrades) -> dict[str, list[str]]:
    texts = {}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            texts[f"explanation_{language}"] = list(explained(found))
    return texts


def explained(found: PlannedUpgrades) -> Iterator[str]:
    """Why the plan is what it is, in sentences of the active language."""
    plan = found.plan
    yield _reason_of_size(found)
    if proof := _proof(found):
        yield proof
    if not found.asked_all:
        words = {"count": found.asked}
        yield _("Not all requirements without an eligible supplier were looked at, but the oldest: %(count)s.") % words
    yield from _limits(found.question)
    if found.without_documents:
        yield (
            _("Published firms that need a document about a process first, as a certificate would not do: %(count)s.")
            % {"count": found.without_documents}
        )
    if plan.chosen or found.goal_reached_in:
        yield _of_the_goal(found)


def _reason_of_size(found: PlannedUpgrades) -> str:
    plan, budget = found.plan, found.question.budget_vnd
    if plan.chosen:
        words = {"firms": len(plan.chosen), "cost": _grouped(plan.cost), "budget": _grouped(budget)}
        return _("Firms planned: %(firms)s, for %(cost)s of %(budget)s VND.") % words
    if found.least_cost is None and found.question.aim == DEMAND:
        return _("No published firm would gain anything by one of these standards.")
    if found.least_cost is None:
        return _("No published firm below international standard would gain anything by one of these standards.")
    if budget == 0:
        return _("The budget is 0, so that no firm is planned.")
    words = {"least": _grouped(found.least_cost)}
    return _("The budget does not suffice for one firm: the least is %(least)s VND.") % words


def _limits(question: UpgradeQuestion) -> Iterator[str]:
    """Which firms alone may be planned, where not all may."""
    language = get_language() or settings.LANGUAGE_CODE
    if question.province is not None:
        words = {"province": question.province.named_in(language)}
        yield (
            _("Only firms with a site in %(province)s are planned; the share by quarter is that of all firms.") % words
        )
    if question.sector is not None:
        words = {"sector": question.sector.name_in(language)}
        yield _("Only firms of the sector %(sector)s are planned; the share by quarter is that of all firms.") % words


def _grouped(amount: int) -> str:
    """With the marks between thousands of the active language."""
    return number_format(amount, force_grouping=True)


def _proof(found: PlannedUpgrades) -> str:
    plan = found.plan
    if plan.gap:
        words = {"gained": plan.gained, "gap": plan.gap}
        return (
            _("Gained: %(gained)s; at most %(gap)s more could be possible, which time did not suffice to tell.") % words
        )
    if not plan.chosen:
        return ""
    words = {"gained": plan.gained}
    if found.question.aim == DEMAND:
        return _("Requirements unlocked: %(gained)s; no choice within the budget unlocks more.") % words
    return _("Firms brought to international standard: %(gained)s; no choice within the budget brings more.") % words


def _of_the_goal(found: PlannedUpgrades) -> str:
    words = {"goal": settings.PROGRAMME_SHARE_GOAL_PCT, "quarter": found.goal_reached_in}
    if found.goal_reached_in:
        return _("The share reaches %(goal)s %% at the end of %(quarter)s, if no certificate is renewed.") % words
    return _("The share does not reach %(goal)s %% within the quarters shown, if no certificate is renewed.") % words
