"""Setting the level of a fact and taking that back: the one way for checks, visits and undo."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounts.models import User
from accounts.principals import Principal
from suppliers.errors import CheckedSinceError, CheckNotInForceError
from suppliers.facts import FACTS, Fact, FactRow, Origin
from suppliers.models import Assessment, Certificate, Evidence, Supplier
from suppliers.models.evidence import new_check_id
from suppliers.recording import evidence_row


def firm_of(row: FactRow) -> Supplier:
    return row if isinstance(row, Supplier) else row.supplier


def standing_of(row: FactRow, fact: Fact) -> dict[str, Any]:
    """How well a fact is proved as it stands, as JSON: level, day, and the state of a certificate."""
    level, day = fact.evidence_of(row)
    of_certificate = {"state": row.state, "state_reason": row.state_reason} if isinstance(row, Certificate) else {}
    return {"level": int(level), "observed_on": day and day.isoformat(), **of_certificate}


def check_line(
    row: FactRow,
    fact: Fact,
    *,
    by: Principal,
    origin: Origin,
    before: Mapping[str, Any],
    assessment: Assessment | None = None,
) -> Evidence:
    """An unsaved line of the history: what an officer found of a fact, and how it stood before."""
    line = evidence_row(row, fact.name, None, act=Evidence.Act.CHECKED, by=by, origin=origin)
    line.supplier = firm_of(row)
    line.public_id = new_check_id()
    line.before = dict(before)
    line.assessment = assessment
    return line


def set_level(row: FactRow, fact: Fact, origin: Origin) -> None:
    """Prove a fact anew. It does not save."""
    setattr(row, fact.level, origin.level)
    setattr(row, fact.observed_on, origin.day)


def undo_line(row: FactRow, check: Evidence, *, by: Principal, reason: str) -> Evidence:
    """Bring back how the fact of a check stood before it, and save row and history. Call it with the firm locked.

    Raises:
        CheckNotInForceError: the check was undone before, or the fact has changed since.
        CheckedSinceError: the fact was checked again; that check goes first.
    """
    fact = fact_of(row, check.fact)
    _refuse_overtaken(row, check)
    _restore(row, fact, check.before or {})
    row.save_next_version()
    return note_undone(row, check, by=by, reason=reason)


def note_undone(row: FactRow, check: Evidence, *, by: Principal, reason: str) -> Evidence:
    """Keep in the history that a check is undone, without touching the fact."""
    level, day = fact_of(row, check.fact).evidence_of(row)
    origin = Origin(level=level, observed_on=day, source=check.public_id or "", note=reason)
    line = evidence_row(row, check.fact, None, act=Evidence.Act.UNDONE, by=by, origin=origin)
    line.supplier = firm_of(row)
    line.undoes = check
    line.save()
    return line


def fact_of(row: FactRow, name: str) -> Fact:
    return next(fact for fact in FACTS[type(row)] if fact.name == name)


def last_entered_by(row: FactRow, fact: str) -> User | None:
    """Who put the fact in as it stands; None where nobody is on record, or software was it."""
    last = Evidence.objects.of(row).filter(fact=fact, act=Evidence.Act.ENTERED).select_related("asserted_by").first()
    return last.asserted_by if last else None


def _refuse_overtaken(row: FactRow, check: Evidence) -> None:
    said = Evidence.objects.of(row).filter(fact=check.fact).standing().setting_a_level()
    newest = said.first()
    if newest is not None and newest.pk != check.pk:
        raise CheckedSinceError if newest.act == Evidence.Act.CHECKED else CheckNotInForceError
    known = fact_of(row, check.fact).evidence_of(row)[1] is not None
    if newest is None or check.before is None or not known:
        raise CheckNotInForceError


def _restore(row: FactRow, fact: Fact, before: Mapping[str, Any]) -> None:
    setattr(row, fact.level, before["level"])
    setattr(row, fact.observed_on, before["observed_on"] and date.fromisoformat(before["observed_on"]))
    if isinstance(row, Certificate):
        row.state, row.state_reason = before["state"], before["state_reason"]
