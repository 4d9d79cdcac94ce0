"""What a requirement could give up, in figures and sentences of two languages."""

from collections.abc import Mapping
from typing import Any, Final

from matchmaking.engine.figures import Target, asking
from matchmaking.engine.loosen import Loosening, Step
from matchmaking.engine.model import Requirement
from matchmaking.engine.relax import Relaxation, Relaxations
from matchmaking.engine.sentences import Language, Words

UNITS: Final[Mapping[str, str]] = {
    "tolerance": "mm",
    "roughness": "µm",
    "part_size": "mm",
    "part_mass": "kg",
    "lead_time": "day",
    "distance": "km",
    "export_experience": "%",
}


def explain_relaxations(
    found: Relaxations,
    requirement: Requirement,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Explain what `relax` found for the requirement.

    Returns:
        `counts` and `without_process`, as they were found; `dropped`, for each set of gates `gates`, `joins`,
        `eligible` and a `sentence`; and `targets`, for each figure that a gate asks `criterion`, `operation` and
        `process` (None where it is asked of all), `required`, `unit` and `steps`: the `target` that lets in `wanted`
        more, how many then join and how many of them are eligible, `far_km` where that must grow too (else None), and
        a `sentence`.
    """
    words = Words(language, labels)
    return {
        "counts": dict(found.counts),
        "without_process": found.without_process,
        "dropped": [_dropped(words, each) for each in found.dropped],
        "targets": [_target(words, requirement, each) for each in found.loosened],
    }


def _dropped(words: Words, relaxation: Relaxation) -> dict[str, Any]:
    sentence = words.say(
        "drop.sentence_of_one" if len(relaxation.gates) == 1 else "drop.sentence",
        gates=", ".join(words.say(f"criterion.{key}") for key in relaxation.gates),
        joins=words.number(relaxation.joins),
        eligible=words.number(relaxation.eligible),
    )
    return {
        "gates": list(relaxation.gates),
        "joins": relaxation.joins,
        "eligible": relaxation.eligible,
        "sentence": sentence,
    }


def _target(words: Words, requirement: Requirement, loosening: Loosening) -> dict[str, Any]:
    target = loosening.target
    operation = None if target.operation is None else requirement.operations[target.operation]
    return {
        "criterion": target.key,
        "operation": operation and operation.id,
        "process": operation and operation.process,
        "required": figure(requirement, target),
        "unit": _unit(requirement, target),
        "steps": [_step(words, requirement, target, step) for step in loosening.steps],
    }


def _step(words: Words, requirement: Requirement, target: Target, step: Step) -> dict[str, Any]:
    changed = asking(requirement, target, step.amount)
    sentence = words.say(
        "change.sentence",
        what=_name(words, requirement, target),
        target=_amount(words, changed, target),
        required=_amount(words, requirement, target),
        joins=words.number(step.joins),
        eligible=words.number(step.eligible),
    )
    return {
        "wanted": step.wanted,
        "target": figure(changed, target),
        "far_km": None if changed.far_km == requirement.far_km else changed.far_km,
        "joins": step.joins,
        "eligible": step.eligible,
        "sentence": sentence,
    }


def figure(requirement: Requirement, target: Target) -> Any:
    """What a requirement asks, as JSON carries it."""
    if target.operation is not None:
        asked = requirement.operation_target(requirement.operations[target.operation], target.key)
        return sorted(asked, reverse=True) if target.key == "part_size" else asked
    if target.key == "capacity":
        return requirement.quantity and requirement.quantity.value
    if target.key == "distance":
        return requirement.near_km
    return requirement.moq if target.key == "moq" else requirement.supplier_target(target.key)


def _amount(words: Words, requirement: Requirement, target: Target) -> str:
    asked = figure(requirement, target)
    if target.key == "part_size":
        amount = words.size(asked)
    else:
        amount = words.number(round(100 * asked, 1) if target.key == "track_record" else asked)
    unit = words.label(_unit(requirement, target))
    return words.say(f"target.{target.key}", amount=amount, unit=unit)


def _unit(requirement: Requirement, target: Target) -> str | None:
    if target.key == "capacity":
        return requirement.unit
    return UNITS.get(target.key)


def _name(words: Words, requirement: Requirement, target: Target) -> str:
    name = words.say(f"criterion.{target.key}")
    if target.operation is None or len(requirement.operations) == 1:
        return name
    return f"{name}, {words.label(requirement.operations[target.operation].process)}"
