"""Visits of staff to firms: what they saw, and which facts that proves."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from config.errors import InvalidFactError
from notifications.services import publish
from suppliers.checking import check_line, last_entered_by, note_undone, set_level, standing_of, undo_line
from suppliers.errors import AssessmentUndoneError, CheckNotInForceError
from suppliers.facts import FACTS, Fact, FactRow, Origin, is_better
from suppliers.models import CHECKLIST, Assessment, Capability, Certificate, Evidence, EvidenceLevel, Site, Supplier
from suppliers.services.access import lock_supplier, refuse_own, require_lead, require_staff, row_below
from suppliers.services.sites import site_of
from suppliers.services.states import checked_reason

Named = tuple[str, str]
"""A fact: public id of the row that holds it, and its name there."""


@transaction.atomic
def record_assessment(
    *,
    supplier_id: int,
    site: Site,
    visited_on: date,
    visitors: str,
    conclusion: str,
    by: Principal,
    checklist: Mapping[str, str] | None = None,
    facts: Collection[Named] = (),
) -> Assessment:
    """Keep a visit, and prove the facts that were seen at L3. What is proved better already keeps its level.

    Args:
        visitors: who went there, by name.
        checklist: `Assessment.Answer` by code of `CHECKLIST`; what is left out was not looked at.
        facts: of the firm, its capabilities and certificates. A declared certificate counts as checked by it.

    Raises:
        Supplier.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError, SupplierArchivedError: see `lock_supplier`; staff only.
        InvalidFactError: the site is another firm's; a day in the future; a question or answer that is none; no such
            fact, or one without a value.
        OwnEntryError: the officer entered one of the facts.
        TransitionError: a certificate was rejected.
    """
    supplier = lock_supplier(supplier_id, by=by)
    require_staff(by)
    site_of(supplier, site)
    if visited_on > timezone.localdate():
        raise InvalidFactError(_("The day lies in the future."), pointer="/visited_on", code="in_the_future")
    assessment = Assessment.objects.create(
        supplier=supplier,
        site=site,
        visited_on=visited_on,
        visitors=visitors,
        checklist=_answered(checklist or {}),
        conclusion=conclusion,
        recorded_by=by.user,
    )
    _confirm(supplier, assessment, list(dict.fromkeys(facts)), by=by)
    _tell("assessment.recorded", assessment, by=by)
    return assessment


@transaction.atomic
def undo_assessment(*, assessment_id: int, reason: str, by: Principal) -> Assessment:
    """Take a visit back, and with it the levels that rest on it. The history keeps both.

    A fact that has changed since has lost its level already, and stays as it is.

    Raises:
        Assessment.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        LeadsOnlyError: the actor does not run the agency.
        InvalidFactError: no reason is given.
        AssessmentUndoneError: it was undone before.
        CheckedSinceError: one of its facts was checked again since; that check goes first.
    """
    visible = Assessment.objects.visible_to(by)
    supplier = lock_supplier(visible.values_list("supplier_id", flat=True).get(pk=assessment_id), by=by)
    require_lead(by)
    assessment = Assessment.objects.select_related("supplier__organisation").get(pk=assessment_id)
    if assessment.undone_at is not None:
        raise AssessmentUndoneError
    assessment.undone_reason = checked_reason(reason)
    assessment.undone_at, assessment.undone_by = timezone.now(), by.user
    assessment.save_next_version()
    for finding in assessment.findings.filter(undone_by=None).order_by("-pk"):
        _take_back(supplier, finding, by=by, reason=assessment.undone_reason)
    _tell("assessment.undone", assessment, by=by, reason=assessment.undone_reason)
    return assessment


def _answered(checklist: Mapping[str, str]) -> dict[str, str]:
    for code, answer in checklist.items():
        if code not in CHECKLIST:
            raise InvalidFactError(_("No such question."), pointer=f"/checklist/{code}", code="invalid_choice")
        if answer not in Assessment.Answer.values:
            raise InvalidFactError(_("No such answer."), pointer=f"/checklist/{code}", code="invalid_choice")
    return {code: str(checklist[code]) for code in CHECKLIST if code in checklist}


def _confirm(supplier: Supplier, assessment: Assessment, facts: list[Named], *, by: Principal) -> None:
    """Each row is saved once, however many of its facts were seen."""
    origin = Origin(level=EvidenceLevel.SEEN, observed_on=assessment.visited_on, source=assessment.public_id)
    rows: dict[str, FactRow] = {}
    lines = []
    for index, (subject, name) in enumerate(facts):
        row = rows.get(subject) or rows.setdefault(subject, _row(supplier, subject, at=index))
        fact = _known(row, name, at=index)
        refuse_own(supplier, entered_by=last_entered_by(row, name), by=by)
        before = standing_of(row, fact)
        if isinstance(row, Certificate) and row.state != Certificate.State.CHECKED:
            row.move(Certificate.State.CHECKED)
        if is_better((origin.level, origin.day), fact.evidence_of(row), half_life_days=fact.half_life_days):
            set_level(row, fact, origin)
        lines.append(check_line(row, fact, by=by, origin=origin, before=before, assessment=assessment))
    for row in rows.values():
        row.save_next_version()
    Evidence.objects.bulk_create(lines)


def _row(supplier: Supplier, subject: str, *, at: int) -> FactRow:
    try:
        return row_below(supplier, subject)
    except (Capability.DoesNotExist, Certificate.DoesNotExist):
        missing = _("Not a row of this firm.")
        raise InvalidFactError(missing, pointer=f"/facts/{at}/subject", code="does_not_exist") from None


def _known(row: FactRow, name: str, *, at: int) -> Fact:
    pointer = f"/facts/{at}/fact"
    fact = next((fact for fact in FACTS[type(row)] if fact.name == name), None)
    if fact is None:
        raise InvalidFactError(_("No such fact."), pointer=pointer, code="invalid_choice")
    if fact.evidence_of(row)[1] is None:
        raise InvalidFactError(_("There is no value to prove."), pointer=pointer, code="unknown_value")
    return fact


def _take_back(supplier: Supplier, finding: Evidence, *, by: Principal, reason: str) -> None:
    try:
        row = row_below(supplier, finding.subject)
    except (Capability.DoesNotExist, Certificate.DoesNotExist):
        return  # the row was removed, and with it what it proved
    try:
        undo_line(row, finding, by=by, reason=reason)
    except CheckNotInForceError:
        note_undone(row, finding, by=by, reason=reason)


def _tell(topic: str, assessment: Assessment, *, by: Principal, reason: str = "") -> None:
    publish(
        topic,
        subject=assessment.supplier,
        actor=by,
        audience=[assessment.supplier.organisation_id],
        payload={
            "assessment": assessment.public_id,
            "visited_on": assessment.visited_on.isoformat(),
            "facts": list(assessment.findings.order_by("pk").values_list("fact", flat=True)),
        },
        reason=reason,
    )
