"""What staff found when they checked facts."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.principals import Principal
from config.errors import InvalidFactError
from notifications.services import publish
from suppliers.facts import FACTS, Fact, Origin
from suppliers.limits import check_observed
from suppliers.models import Capability, Certificate, Evidence, EvidenceLevel, Supplier
from suppliers.recording import evidence_row
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
) -> Supplier | Capability:
    """Record how well some facts of one row are proved, as found by an officer. Certificates have acts of their own.

    Args:
        row: whose facts; read anew under the lock.
        facts: names as in `suppliers.facts.FACTS`.
        level: 0 to 4; it may also fall.
        observed_on: the day of the check, today unless given.
        source: the document, register or visit.

    Raises:
        Supplier.DoesNotExist, Capability.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer.
        SupplierArchivedError: the firm is archived.
        InvalidFactError: no such fact or level, a fact without a value, or a day in the future.
        OwnEntryError: the officer entered one of the facts.
    """
    row = lock_supplier(row.pk, by=by) if isinstance(row, Supplier) else lock_capability(row.pk, by=by)
    require_staff(by)
    if level not in EvidenceLevel.values:
        raise InvalidFactError(_("A level from 0 to 4."), pointer="/level", code="invalid_choice")
    origin = Origin(level=level, observed_on=observed_on, source=source, note=note)
    check_observed(origin.day)
    firm = row if isinstance(row, Supplier) else row.supplier
    history = []
    for fact in _named(row, facts):
        refuse_own(firm, entered_by=last_entered_by(row, fact.name), by=by)
        setattr(row, fact.level, level)
        setattr(row, fact.observed_on, origin.day)
        history.append(evidence_row(row, fact.name, None, act=Evidence.Act.CHECKED, by=by, origin=origin))
        history[-1].supplier = firm
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


def last_entered_by(row: Supplier | Capability | Certificate, fact: str) -> User | None:
    """Who put the fact in as it stands; None where nobody is on record, or software was it."""
    last = Evidence.objects.of(row).filter(fact=fact, act=Evidence.Act.ENTERED).select_related("asserted_by").first()
    return last.asserted_by if last else None


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
