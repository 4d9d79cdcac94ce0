"""Consortia as a reader sees them: who does what, who leads, and why there is none where there is none."""

from typing import Any

from django.utils.translation import gettext as _

from buyers.models import Requirement
from matchmaking.decisions.consortium import Consortium
from matchmaking.engine.score import rounded
from matchmaking.engine.sentences import Language
from matchmaking.engine.version import ENGINE_VERSION
from matchmaking.presentation import names_of
from matchmaking.services import FoundConsortia


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
                "capability": found.capabilities[member.operation, member.firm].id,
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
        steps = [found.operations[member.operation] for member in consortium.members if member.firm == firm]
        told = ", ".join(f"{step.id}. {labels.get(step.process, step.process)}" for step in steps)
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
        steps = [found.operations[place] for place in consortia.uncovered]
        told = ", ".join(f"{step.id}. {labels.get(step.process, step.process)}" for step in steps)
        return _("No supplier passes the gates of {steps}.").format(steps=told)
    if not consortia.is_proved:
        return _("No set was found among as many as a search looks at; there may be one.")
    return _("No set of so few suppliers covers all operations in time, with one that leads by a core process.")
