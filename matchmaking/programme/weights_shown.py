"""How the weights of a requirement were found, in words."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from buyers.models import Criterion, Requirement, RequirementVersion
from matchmaking.decisions.pairwise import MOST_INCONSISTENT
from matchmaking.models import Weighing

Weights = Mapping[str, float | None]
"""By criterion as it was set; None where it was not."""


def weights_found(requirement: Requirement, *, version: int | None = None) -> str:
    """Of its weights as they are, or as they were in a version that it had once it was open."""
    if version is None or version == requirement.content_version:
        weights = dict(requirement.criteria.values_list("key", "weight"))
        return _in_words(weights, requirement, requirement.content_version)
    kept = RequirementVersion.objects.get(requirement=requirement, number=version)
    weights = {key: setting["weight"] for key, setting in kept.content["criteria"].items()}
    return _in_words(weights, requirement, version)


def _in_words(weights: Weights, requirement: Requirement, version: int) -> str:
    if all(weight is None for weight in weights.values()):
        return _("Nobody has set weights: the usual ones count.")
    weighing = Weighing.objects.behind(weights, requirement_id=requirement.pk, version=version)
    return _of_judgements(weighing) if weighing else _("Given directly, as figures.")


def _of_judgements(weighing: Weighing) -> str:
    facts = [
        _("Found by {method}").format(method=weighing.get_method_display()),
        _("on {day}").format(day=date_format(timezone.localdate(weighing.found_at), "d/m/Y")),
    ]
    if weighing.consistency_ratio is not None:
        facts.append(
            _("consistency ratio {ratio}").format(ratio=number_format(round(weighing.consistency_ratio, 2), 2))
        )
    return " ".join([", ".join(facts) + ".", *_contradiction(weighing)])


def _contradiction(weighing: Weighing) -> list[str]:
    """Where pairs were taken against the rule, which of them, and why."""
    is_contradictory = (weighing.consistency_ratio or 0) > MOST_INCONSISTENT
    if weighing.method != Weighing.Method.PAIRWISE or not is_contradictory:
        return []
    about = ", ".join(str(Criterion.Key(key).label) for key in weighing.criteria_in_doubt)
    return [
        _("The comparisons contradict each other; least in agreement: {about}.").format(about=about),
        _("Taken nevertheless: {reason}").format(reason=weighing.reason),
    ]
