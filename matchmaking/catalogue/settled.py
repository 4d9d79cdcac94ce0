"""Facts as they stood before changes that nobody has reviewed: by these a supplier is let in where only matches are.

Else a firm could open every such requirement by declaring one thing after the other.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import DateTimeField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from matchmaking.catalogue.facts import FirmRows, read_rows, record_of
from matchmaking.catalogue.snapshot import Snapshot
from matchmaking.engine.model import SupplierRecord
from notifications.models import Event
from suppliers.facts import FACTS, WITHDRAWN_COUNTS, FactRow
from suppliers.models import Capability, Certificate, Evidence, EvidenceLevel, Site, Supplier
from taxonomy.models import Province

SETTLES_AFTER = timedelta(days=1)
PLACE = ("latitude", "longitude", "province", "old_province")
EDITIONS = {"province": Province.Edition.SINCE_2025, "old_province": Province.Edition.BEFORE_2025}
NOT_RESTORED = frozenset({"materials", "site"})
"""Columns that no record reads from the row itself."""

Act = Evidence.Act


@dataclass(frozen=True)
class Statement:
    """What was said of a fact, in the form that evidence holds, and how well that was proved."""

    value: Any
    proof: Evidence


Earlier = Mapping[tuple[str, str], Statement | None]
"""By public id of a row and name of a fact: what was said before; None where nothing was."""


def settled_records(snapshot: Snapshot) -> dict[int, SupplierRecord]:
    """Records, by the supplier's row id, of those of which the snapshot knows something unsettled, without that.

    Take the snapshot first. Rows are read next and their history last, so that whatever they say is known to be settled
    or found not to be.
    """
    now = timezone.now()
    rows_of = {rows.supplier.pk: rows for rows in read_rows(list(_fresh(now).values_list("supplier", flat=True)))}
    earlier = unsettled_facts(now=now) if rows_of else {}
    return {
        pk: record_of(as_before(rows_of[pk], earlier[pk]), taxonomy=snapshot.taxonomy, as_of=snapshot.as_of)
        for pk in rows_of.keys() & earlier.keys()
    }


def unsettled_facts(*, now: datetime) -> dict[int, Earlier]:
    """What published suppliers changed within the last day and after their last review, by row id.

    A review is the publication of the profile, or a check of the fact at level 2 or better. Saying once more what was
    said before changes nothing.
    """
    found: defaultdict[int, dict[tuple[str, str], Statement | None]] = defaultdict(dict)
    history = _history_of_what_is_fresh(now).order_by("subject", "fact", "pk")
    for (subject, fact), group in groupby(history, lambda row: (row.subject, row.fact)):
        said = list(group)
        before = _standing([row for row in said if not _is_fresh(row)], now)
        if _is_unsettled(said, before):
            found[said[0].supplier_id][subject, fact] = before
    return dict(found)


def _history_of_what_is_fresh(now: datetime) -> QuerySet[Evidence]:
    """All that was ever said of the rows of which something was entered lately."""
    fresh = _fresh(now)
    return _dated(now).filter(supplier__in=fresh.values("supplier"), subject__in=fresh.values("subject"))


def _fresh(now: datetime) -> QuerySet[Evidence]:
    """What published suppliers entered lately."""
    entered = _dated(now).filter(act=Act.ENTERED, created_at__gt=now - SETTLES_AFTER)
    return entered.filter(supplier__state=Supplier.State.PUBLISHED, created_at__gt=F("settled_until"))


def _dated(now: datetime) -> QuerySet[Evidence]:
    """Evidence with the moment up to which it is settled, and that of the supplier's first publication."""
    published = Event.objects.filter(topic="supplier.published", subject=OuterRef("supplier__public_id"))
    last_published = Subquery(published.order_by("-pk").values("created_at")[:1])
    a_day_ago = Value(now - SETTLES_AFTER, output_field=DateTimeField())
    return Evidence.objects.annotate(
        published_at=F("supplier__published_at"),
        settled_until=Greatest(a_day_ago, Coalesce(last_published, F("supplier__published_at"))),
    )


def _is_fresh(row: Evidence) -> bool:
    return bool(row.created_at > row.settled_until)  # type: ignore[attr-defined]  # annotated above


def _is_unsettled(said: Sequence[Evidence], before: Statement | None) -> bool:
    """Whether the last entry is fresh, says something else than before, and was not checked since."""
    fresh = [row for row in said if row.act == Act.ENTERED and _is_fresh(row)]
    if not fresh or (before and before.value == fresh[-1].value):
        return False
    checks = [row for row in said if row.act == Act.CHECKED and row.level >= EvidenceLevel.CHECKED]
    return not checks or checks[-1].pk < fresh[-1].pk


def _standing(said: Sequence[Evidence], now: datetime) -> Statement | None:
    """What counts after all these statements, oldest first."""
    standing: Statement | None = None
    for row in said:
        if row.act == Act.ENTERED:
            standing = Statement(row.value, row)
        elif row.act == Act.CHECKED and standing is not None:
            standing = replace(standing, proof=row)
        elif row.act == Act.WITHDRAWN and not _still_counts(row, now):
            standing = None
    return standing


def _still_counts(withdrawal: Evidence, now: datetime) -> bool:
    """A figure taken back after publication keeps its last value for a time."""
    published_at: datetime = withdrawal.published_at  # type: ignore[attr-defined]  # annotated above
    return published_at < withdrawal.created_at and now < withdrawal.created_at + WITHDRAWN_COUNTS


def as_before(rows: FirmRows, earlier: Earlier) -> FirmRows:
    """The rows with what was said before. Sites, certificates and capabilities that are new are left out, and so are
    capabilities whose process, role or site is another one now. Nothing of it is to be saved.
    """
    sites = [_placed_as_before(site, earlier) for site in rows.sites if not _is_new(site, "site", earlier)]
    at = {site.pk for site in sites}
    capabilities = [row for row in rows.capabilities if row.site_id in at and (row.public_id, "process") not in earlier]
    certificates = [row for row in rows.certificates if not _is_new(row, "certificate", earlier)]
    facts: list[FactRow] = [rows.supplier, *capabilities, *certificates]
    for row in facts:
        _restore(row, earlier)
    materials = {row.public_id: _materials(row, rows.materials[row.public_id], earlier) for row in capabilities}
    return replace(rows, sites=sites, capabilities=capabilities, materials=materials, certificates=certificates)


def _is_new(row: Site | Certificate, fact: str, earlier: Earlier) -> bool:
    return earlier.get((row.public_id, fact), row) is None


def _placed_as_before(site: Site, earlier: Earlier) -> Site:
    if before := earlier.get((site.public_id, "site")):
        _set(site, {column: before.value[column] for column in PLACE})
    return site


def _restore(row: FactRow, earlier: Earlier) -> None:
    for fact in FACTS[type(row)]:
        if (row.public_id, fact.name) not in earlier:
            continue
        before = earlier[row.public_id, fact.name]
        columns = [column for column in fact.columns if column not in NOT_RESTORED]
        value = before.value if before else None
        _set(row, {column: value[column] if isinstance(value, dict) else value for column in columns})
        setattr(row, fact.level, before.proof.level if before else EvidenceLevel.DECLARED)
        setattr(row, fact.observed_on, before.proof.observed_on if before else None)


def _set(row: models.Model, plain_values: Mapping[str, Any]) -> None:
    """Set columns to values as evidence holds them; a row of the vocabulary is only its code."""
    for column, value in plain_values.items():
        setattr(row, column, _revived(row._meta.get_field(column), value))  # noqa: SLF001


def _revived(field: Any, value: Any) -> Any:
    if value is None:
        return None if field.null else field.get_default()
    if field.name in EDITIONS:
        return Province(code=value, edition=EDITIONS[field.name])
    return field.related_model(code=value) if field.is_relation else field.to_python(value)


def _materials(row: Capability, codes: Sequence[str], earlier: Earlier) -> Sequence[str]:
    if (row.public_id, "materials") not in earlier:
        return codes
    before = earlier[row.public_id, "materials"]
    return list(before.value) if before else ()
