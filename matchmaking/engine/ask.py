"""What to ask a supplier next: the facts whose confirmation would raise its score most."""

from bisect import insort
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from matchmaking.engine.confidence import LEVEL_WEIGHTS
from matchmaking.engine.model import PER_OPERATION, WITHOUT_EVIDENCE, Taxonomy
from matchmaking.engine.ranking import Ranking
from matchmaking.engine.score import SCORE_DECIMALS, rounded
from matchmaking.engine.sentences import Language, Words

CHECKED: Final = 2
"""The level that a confirmation is taken to bring, unless more is asked for or there already."""
_WEIGHTS: Final[list[float]] = LEVEL_WEIGHTS.tolist()
ROUNDING: Final = 10.0**-SCORE_DECIMALS
SUBJECT: Final = ("operation", "capability", "standard")


def ask_next(
    ranking: Ranking,
    explained: Sequence[Mapping[str, Any]],
    taxonomy: Taxonomy,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    words: Words | None = None,
    most: int | None = None,
) -> list[dict[str, Any]]:
    """What is unknown, declared too broadly, stale or weakly proved, the largest gain first.

    Args:
        explained: what `explain` says of the supplier.
        language, labels: as of `explain`.
        words: the same, where it speaks of several suppliers.
        most: so many at most; None for all.

    Returns:
        One dictionary per fact: `criterion`; `operation` and `capability`, or `standard`, where it has parts; `level`
        to which it should be confirmed (None where levels do not apply); `gain`, by which the score would rise, with
        the rows chosen, if it were confirmed at that level today: what is unknown as fully met, the rest as it
        stands; `settles`: whether that would settle a gate; and a `sentence`.
    """
    words = words or Words(language, labels)
    found: list[tuple[float, str, int, Mapping[str, Any], int | None]] = []
    gains: list[float] = []
    enough = 0.0  # others that gain no more come too late
    for criterion in explained:
        key, parts = criterion["key"], criterion["parts"] or [criterion]
        share, min_level = ranking.weight_shares[key], ranking.criteria[key].min_level
        for index, part in enumerate(parts):
            if share * (1.0 - part["low"]) / len(parts) <= enough:  # it cannot gain more than that
                continue
            level = _level(part, key, min_level)
            gain = rounded(share * (_low_if_confirmed(part, key, level, taxonomy) - part["low"]) / len(parts))
            if gain > 0:
                found.append((gain, key, index, part, level))
                insort(gains, gain)
                enough = gains[-most] - ROUNDING if most and len(gains) >= most else 0.0
    found.sort(key=lambda question: -question[0])
    return [
        _question(words, _name(words, ranking, key, index), key, part, level, gain, taxonomy)
        for gain, key, index, part, level in found[:most]
    ]


def _level(part: Mapping[str, Any], key: str, min_level: int) -> int | None:
    if key in WITHOUT_EVIDENCE:
        return None
    return max(CHECKED, min_level, part["evidence"]["level"] if part["evidence"] else 0)


def _low_if_confirmed(part: Mapping[str, Any], key: str, level: int | None, taxonomy: Taxonomy) -> float:
    if level is None:
        is_open = part["verdict"] == "unknown" or key == "track_record"
        return float(part["high"] if is_open else part["low"])
    value = 1.0 if part["verdict"] == "unknown" else _value_if_exact(part, key, taxonomy)
    return _WEIGHTS[level] * value


def _value_if_exact(part: Mapping[str, Any], key: str, taxonomy: Taxonomy) -> float:
    """What a known value would be if what is declared too broadly were declared exactly."""
    value = float(part["value"])
    if not _is_broad(part, key, taxonomy):
        return value
    if key == "process":
        return 2.0 * value
    fits = _fits_of_materials(part, taxonomy)
    return sum(fit > 0 for fit in fits) / len(fits)


def _is_broad(part: Mapping[str, Any], key: str, taxonomy: Taxonomy) -> bool:
    if key not in ("process", "material") or part["actual"] is None:
        return False
    if key == "process":
        return taxonomy.process_tree.relations(part["required"]).get(part["actual"]) == 0.5
    return 0.5 in _fits_of_materials(part, taxonomy)


def _fits_of_materials(part: Mapping[str, Any], taxonomy: Taxonomy) -> list[float]:
    relations = [taxonomy.material_tree.relations(code) for code in part["required"]]
    return [max(related.get(code, 0.0) for code in part["actual"]) for related in relations]


def _question(
    words: Words, name: str, key: str, part: Mapping[str, Any], level: int | None, gain: float, taxonomy: Taxonomy
) -> dict[str, Any]:
    settles = part["gate"] == "unconfirmed"
    situation = "unknown" if part["verdict"] == "unknown" else "broad" if _is_broad(part, key, taxonomy) else "weak"
    if level is None:
        situation = "deliveries" if key == "track_record" else "place"
    evidence = part["evidence"] or {"level": 0, "observed": "0001-01-01"}
    sentence = words.say(
        f"ask.{situation}",
        what=name,
        level=evidence["level"],
        day=words.day(date.fromisoformat(evidence["observed"])),
        confirmed="" if level is None else words.plain(f"confirmed.{level}"),
        gain=words.number(round(gain, 3) or gain),
    )
    return {
        "criterion": key,
        **{name: part[name] for name in SUBJECT if name in part},
        "level": level,
        "gain": gain,
        "settles": settles,
        "sentence": f"{sentence} {words.plain('ask.settles')}" if settles else sentence,
    }


def _name(words: Words, ranking: Ranking, key: str, index: int) -> str:
    """The criterion of a part, with its standard, or with its operation where there are several."""
    name, requirement = words.plain(f"criterion.{key}"), ranking.requirement
    if key in ("certifications", "certifications_preferred"):
        return f"{name}, {words.label(sorted(set(requirement.supplier_target(key)))[index])}"
    if key in PER_OPERATION and len(requirement.operations) > 1:
        asking = [each for each in requirement.operations if requirement.operation_target(each, key) is not None]
        return f"{name}, {words.label(asking[index].process)}"
    return name
