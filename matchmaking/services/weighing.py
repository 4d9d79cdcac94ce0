"""Weights of a requirement's criteria from judgements that people find easier to give than figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.content import content_of, values_of
from buyers.models import Criterion, Requirement
from buyers.services import change_requirement, locked_requirement
from config.errors import InvalidFactError
from matchmaking.decisions.best_worst import BestWorst, best_worst_weights
from matchmaking.decisions.errors import JudgementError
from matchmaking.decisions.pairwise import MOST_INCONSISTENT, Pairwise, pairwise_weights
from matchmaking.decisions.rank_order import rank_order_weights
from matchmaking.models import Weighing

DIGITS = 6
"""To which weights, which sum to 1, are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Weights that sum to 1, by key; how far the judgements agree (0 fully, None where they cannot disagree); and, in
    the reader's language, which of them agree least."""

    requirement: Requirement
    method: str
    weights: dict[str, float]
    consistency_ratio: float | None = None
    largest_eigenvalue: float | None = None
    deviation: float | None = None
    criteria_in_doubt: tuple[str, ...] = ()
    sentence: str = ""
    is_stored: bool


@transaction.atomic
def weigh_requirement(
    *, requirement_id: int, method: str, judgement: Any, preview: bool = False, reason: str = "", by: Principal
) -> Weighed:
    """Work out the weights of all criteria that a requirement asks, and store them unless it is a preview.

    Args:
        method: `rank_order`, `pairwise` or `best_worst`; `judgement` is the validated body of its writer.
        reason: why comparisons are taken that contradict each other; kept in the requirement's history.

    Raises:
        Requirement.DoesNotExist, NotAllowedError, RequirementEndedError: as `change_requirement`.
        InvalidFactError: a judgement is missing, unknown, repeated, out of its scale or against another; a criterion is
            judged that the requirement does not ask, or one that it asks is not; or they are too inconsistent and there
            is no reason. Nothing is stored.
    """
    locked_requirement(requirement_id, by)
    requirement = Requirement.objects.with_content().select_related("buyer").get(pk=requirement_id)
    found = _weights_of(method, judgement)
    _check_asked(requirement, found.weights, method)
    doubt, sentence = _doubt(found)
    if isinstance(found, Pairwise) and not (found.is_consistent or reason or preview):
        raise InvalidFactError(
            _("The comparisons contradict each other too much (consistency ratio {ratio} above {most}). {why}").format(
                ratio=f"{found.consistency_ratio:.2f}", most=f"{MOST_INCONSISTENT:.2f}", why=sentence
            ),
            pointer="/pairwise/judgements",
            code="inconsistent",
        )
    weights = {key: round(weight, DIGITS) for key, weight in found.weights.items()}
    ratio = None if isinstance(found, _RankOrder) else round(found.consistency_ratio, DIGITS)
    if not preview:
        requirement = _store(requirement, weights, by=by, reason=reason)
        judged = {"consistency_ratio": ratio, "criteria_in_doubt": list(doubt), "reason": reason}
        _keep(requirement, method, weights, **judged)
    return Weighed(
        requirement=requirement,
        method=method,
        weights=weights,
        consistency_ratio=ratio,
        largest_eigenvalue=round(found.largest_eigenvalue, DIGITS) if isinstance(found, Pairwise) else None,
        deviation=round(found.deviation, DIGITS) if isinstance(found, BestWorst) else None,
        criteria_in_doubt=doubt,
        sentence=sentence,
        is_stored=not preview,
    )


@dataclass(frozen=True, slots=True)
class _RankOrder:
    weights: dict[str, float]


def _weights_of(method: str, judgement: Any) -> _RankOrder | Pairwise | BestWorst:
    try:
        if method == "rank_order":
            return _RankOrder(rank_order_weights(judgement))
        if method == "pairwise":
            return pairwise_weights(judgement["criteria"], judgement["judgements"])
        return best_worst_weights(**judgement)
    except JudgementError as error:
        raise _refusal(error, method) from error


def _refusal(error: JudgementError, method: str) -> InvalidFactError:
    texts = {
        "missing": _("A judgement is missing: {about}."),
        "repeated": _("Judged twice: {about}."),
        "unknown": _("There is nothing to compare: {about}."),
        "out_of_scale": _("Judgements go from 1 to 9, or their reciprocals in pairs: {about}."),
        "contradictory": _("The judgements of the best and the worst contradict each other: {about}."),
        "too_many": _("At most 15 criteria can be compared in pairs; give an order instead."),
    }
    about = ", ".join(_label(key) for key in error.about) or _("there is none")
    return InvalidFactError(texts[error.code].format(about=about), pointer=f"/{method}", code=error.code)


def _check_asked(requirement: Requirement, weights: Mapping[str, float], method: str) -> None:
    """Every criterion that counts has its weight: weights of two kinds would not be on one scale."""
    content = content_of(requirement)
    modes = {key: criterion.mode for key, criterion in content.criteria.items()}
    counting = {key for key in content.asked() if key == "process" or modes.get(key) != Criterion.Mode.OFF}
    for keys, text, code in (
        (counting - weights.keys(), _("The requirement asks these as well: {about}."), "missing"),
        (weights.keys() - counting, _("The requirement does not ask these: {about}."), "unknown"),
    ):
        if keys:
            about = ", ".join(_label(key) for key in Criterion.Key.values if key in keys)
            raise InvalidFactError(text.format(about=about), pointer=f"/{method}", code=code)


def _doubt(found: _RankOrder | Pairwise | BestWorst) -> tuple[tuple[str, ...], str]:
    """Which criteria's judgements agree least, and how that reads."""
    if isinstance(found, _RankOrder) or found.worst is None:
        return (), ""
    if isinstance(found, BestWorst):
        sentence = _("The two answers about {criterion} agree least.").format(criterion=_label(found.worst))
        return (found.worst,), sentence
    one, two, three = (_label(key) for key in found.worst.criteria)
    first, second, third = (_times(each) for each in found.worst.judged)
    sentence = _(
        "Least in agreement: {one} to {two} was judged {first}, {two} to {three} {second}; by that {one} to {three} "
        "would be {implied}, and it was judged {third}."
    ).format(
        one=one, two=two, three=three, first=first, second=second, third=third, implied=_times(found.worst.implied)
    )
    return found.worst.criteria, sentence


def _times(factor: float) -> str:
    """A judgement as it is written on Saaty's scale: 3, or 1/3."""
    return f"{factor:.3g}" if factor >= 1 else f"1/{1 / factor:.3g}"


def _label(key: str) -> str:
    return str(Criterion.Key(key).label)


def _store(requirement: Requirement, weights: Mapping[str, float], *, by: Principal, reason: str) -> Requirement:
    settings: dict[str, Any] = values_of(requirement)["criteria"]
    for key, weight in weights.items():
        settings[key] = {**settings.get(key, {}), "weight": weight}
    return change_requirement(requirement_id=requirement.pk, values={"criteria": settings}, by=by, reason=reason)


def _keep(requirement: Requirement, method: str, weights: Mapping[str, float], **judged: Any) -> None:
    """For whoever asks how the weights were found."""
    Weighing.objects.update_or_create(
        requirement=requirement,
        content_version=requirement.content_version,
        defaults={"method": method, "weights": dict(weights), **judged},
    )
