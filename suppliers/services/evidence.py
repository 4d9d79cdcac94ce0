"""What staff found when they checked facts."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from config.errors import InvalidFactError
from notifications.services import publish
from suppliers.checking import check_line, firm_of, last_entered_by, set_level, standing_of
from suppliers.facts import FACTS, Fact, Origin
from suppliers.limits import check_observed
from suppliers.models import Capability, Evidence, EvidenceLevel, Supplier
from suppliers.services.access import lock_capability, lock_supplier, refuse_own, require_staff


@transaction.atomic
def set_evidence(
    *,
    row: Supplier | Capability,
    facts: Collection[str],
    level: int,
    by: Principal,
    observed_on: date | None = None,
    source: str = "",
    note: str = "",
    expected_version: int | None = None,
) -> Supplier | Capability:
    """Record how well some facts of one row are proved, as found by an officer. Certificates have acts of their own.

    Args:
        row: whose facts; read anew under the lock.
        facts: names as in `suppliers.facts.FACTS`.
        level: 0 to 4; it may also fall.
        observed_on: the day of the check, today unless given.
        source: the document, register or visit.
        expected_version: of the row, as the officer read it.

    Raises:
        Supplier.DoesNotExist, Capability.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer.
        SupplierArchivedError: the firm is archived.
        StaleVersionError: the row has changed since `expected_version`, by another officer's check or by the firm.
        InvalidFactError: no such fact or level, a fact without a value, or a day in the future.
        OwnEntryError: the officer entered one of the facts.
    """
    row = lock_supplier(row.pk, by=by) if isinstance(row, Supplier) else lock_capability(row.pk, by=by)
    require_staff(by)
    row.check_version(expected_version)
    if level not in EvidenceLevel.values:
        raise InvalidFactError(_("A level from 0 to 4."), pointer="/level", code="invalid_choice")
    origin = Origin(level=level, observed_on=observed_on, source=source, note=note)
    check_observed(origin.day)
    firm = firm_of(row)
    history = []
    for fact in _named(row, facts):
        refuse_own(firm, entered_by=last_entered_by(row, fact.name), by=by)
        history.append(check_line(row, fact, by=by, origin=origin, before=standing_of(row, fact)))
        set_level(row, fact, origin)
    row.save_next_version()
    Evidence.objects.bulk_create(history)
    publish(
        "evidence.checked",
        subject=firm,
        actor=by,
        audience=[firm.organisation_id],
        payload={"row": row.public_id, "facts": sorted(facts), "level": level},
    )
    return row


def _named(row: Supplier | Capability, names: Collection[str]) -> list[Fact]:
    known = {fact.name: fact for fact in FACTS[type(row)]}
    if not names:
        raise InvalidFactError(_("Name a fact."), pointer="/facts", code="required")
    for index, name in enumerate(names):
        if name not in known:
            raise InvalidFactError(_("No such fact."), pointer=f"/facts/{index}", code="invalid_choice")
        if known[name].evidence_of(row)[1] is None:
            raise InvalidFactError(_("There is no value to prove."), pointer=f"/facts/{index}", code="unknown_value")
    return [known[name] for name in dict.fromkeys(names)]
