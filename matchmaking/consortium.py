"""Consortia as a reader sees them: who does what, who leads, and why there is none where there is none."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from buyers.models import Requirement
from matchmaking.decisions.consortium import Consortium
from matchmaking.engine.score import rounded
from matchmaking.engine.sentences import Language
from matchmaking.engine.version import ENGINE_VERSION
from matchmaking.presentation import names_of
from matchmaking.services import FoundConsortia
from suppliers.models import Supplier


def present_consortia(requirement: Requirement, found: FoundConsortia, *, language: Language) -> dict[str, Any]:
    """What was found, with the names of suppliers and processes."""
    firms = {firm for each in found.consortia.found for firm in each.firms}
    names = names_of(sorted(firms))
    labels = found.snapshot.labels[language]
    return {
        "requirement": requirement.public_id,
        "requirement_version": requirement.content_version,
        "as_of": found.snapshot.as_of.isoformat(),
        "engine_version": ENGINE_VERSION,
        "is_proved": found.consortia.is_proved,
        "fewest_suppliers": found.consortia.fewest_firms,
        "most_mean_score": None if found.consortia.most_score is None else rounded(found.consortia.most_score),
        "operations": [
            {"operation": operation.id, "process": operation.process, "candidates": found.candidates_of(place)}
            for place, operation in enumerate(found.operations)
        ],
        "note": _note_on(found, labels),
        "results": [_proposal(each, found, names, labels) for each in found.consortia.found],
    }


def present_consortia_with(
    supplier: Supplier, requirement: Requirement, found: FoundConsortia, *, language: Language
) -> dict[str, Any]:
    """What a supplier reads of sets in which it takes part: of the other firms what everybody may read, and for which
    operations they are there. How well they do them, how soon, and how many they are is not told."""
    own, labels = supplier.public_id, found.snapshot.labels[language]
    shown = [] if _does_all(found, own) else found.consortia.found
    names = names_of(sorted({firm for each in shown for firm in each.firms}))
    return {
        "supplier": own,
        "requirement": requirement.public_id,
        "title": requirement.title,
        "answer_by": requirement.answer_by,
        "as_of": found.snapshot.as_of.isoformat(),
        "engine_version": ENGINE_VERSION,
        "is_proved": found.consortia.is_proved,
        "fewest_suppliers": found.consortia.fewest_firms,
        "operations": [
            {"operation": operation.id, "process": operation.process, "is_own": (place, own) in found.taken}
            for place, operation in enumerate(found.operations)
        ],
        "note": "" if shown else _note_to(supplier, found, labels),
        "results": [
            {
                "suppliers": list(each.firms),
                "lead": each.lead,
                "members": [
                    {
                        "operation": found.operations[member.operation].id,
                        "process": found.operations[member.operation].process,
                        "supplier": member.firm,
                        **names[member.firm],
                        "province": found.taken[member.operation, member.firm].province,
                    }
                    for member in each.members
                ],
                "sentence": _sentence(each, found, names, labels),
            }
            for each in shown
        ],
    }


def _does_all(found: FoundConsortia, supplier: str) -> bool:
    return any(each.firms == (supplier,) for each in found.consortia.found)


def _proposal(consortium: Consortium, found: FoundConsortia, names: Any, labels: Any) -> dict[str, Any]:
    days = [member.days for member in consortium.members]
    return {
        "suppliers": list(consortium.firms),
        "lead": consortium.lead,
        "mean_score": rounded(consortium.mean_score),
        "lead_time_days": None if None in days else sum(day for day in days if day is not None),
        "members": [
            {
                "operation": found.operations[member.operation].id,
                "process": found.operations[member.operation].process,
                "supplier": member.firm,
                **names[member.firm],
                "capability": found.taken[member.operation, member.firm].capability.id,
                "score": member.score,
                "lead_time_days": member.days,
                "is_core": member.is_core,
            }
            for member in consortium.members
        ],
        "sentence": _sentence(consortium, found, names, labels),
    }


def _sentence(consortium: Consortium, found: FoundConsortia, names: Any, labels: Any) -> str:
    """Who does which steps; the lead first."""
    firms = sorted(consortium.firms, key=lambda firm: firm != consortium.lead)
    parts = []
    for firm in firms:
        told = _steps((member.operation for member in consortium.members if member.firm == firm), found, labels)
        name = names[firm]["trade_name"] or names[firm]["legal_name"]
        text = _("{name} leads and does {steps}") if firm == consortium.lead else _("{name} does {steps}")
        parts.append(text.format(name=name, steps=told))
    return "; ".join(parts) + "."


def _note_on(found: FoundConsortia, labels: Any) -> str:
    """Why there is nothing to propose, where there is nothing."""
    consortia = found.consortia
    if consortia.found:
        return ""
    if len(found.operations) < 2:
        return _("The requirement has a single operation: look at its matches instead.")
    if consortia.uncovered:
        return _("No supplier passes the gates of {steps}.").format(steps=_steps(consortia.uncovered, found, labels))
    if not consortia.is_proved:
        return _("No set was found among as many as a search looks at; there may be one.")
    return _("No set of so few suppliers covers all operations in time, with one that leads by a core process.")


def _note_to(supplier: Supplier, found: FoundConsortia, labels: Any) -> str:
    """The same for a supplier that is to take part."""
    if supplier.state != Supplier.State.PUBLISHED:
        return _("Only a published firm takes part in consortia: the facts of others do not count yet.")
    if _does_all(found, supplier.public_id):
        return _("The firm can do all operations alone: look at its opportunities instead.")
    if len(found.operations) > 1 and not any(firm == supplier.public_id for _place, firm in found.taken):
        return _("The firm passes the gates of none of the operations.")
    return _note_on(found, labels)


def _steps(places: Iterable[int], found: FoundConsortia, labels: Any) -> str:
    """Operations with their numbers, as readers call them."""
    steps = [found.operations[place] for place in places]
    return ", ".join(f"{step.id}. {labels.get(step.process, step.process)}" for step in steps)
