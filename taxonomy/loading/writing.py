"""Bringing the tables to what the files say, with few statements, and counting what moved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from taxonomy.loading.contents import EDITIONED, MANAGERS, Contents, Key, Ref, Table, key_columns
from taxonomy.models import Corridor, IndustrySuccession, Kind, Source, Standard, Term
from taxonomy.text import fold

Ids = dict[Ref, int]
Links = Mapping[tuple[int, int], Mapping[str, Any]]


@dataclass
class Count:
    """What happened to one table."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    withdrawn: list[str] = field(default_factory=list)
    """Codes that are no longer in the files, in this load or an earlier one."""


def write(contents: Contents) -> dict[str, Count]:
    """Write what differs; the caller holds the transaction. Returns the counts by table."""
    ids: Ids = {}
    counts = {kind.value: write_entries(table, ids) for kind, table in contents.tables.items()}
    implies: Links = {(ids[strong], ids[weak]): {} for strong, weak in contents.implies}
    counts["implied standards"] = write_links(
        Standard.implies.through.objects, ("from_standard_id", "to_standard_id"), implies
    )
    members: Links = {(ids[corridor], ids[province]): {} for corridor, province in contents.corridor_provinces}
    counts["corridor provinces"] = write_links(
        Corridor.provinces.through.objects, ("corridor_id", "province_id"), members
    )
    successions: Links = {(ids[old], ids[new]): values for (old, new), values in contents.successions.items()}
    counts["industry successions"] = write_links(IndustrySuccession.objects, ("old_id", "new_id"), successions)
    counts["terms"] = write_terms(contents, ids)
    return counts


def key_of(kind: Kind, entry: Any) -> Key:
    """The natural key of a stored entry."""
    return (entry.edition, entry.code) if kind in EDITIONED else (entry.code,)


def write_entries(table: Table, ids: Ids) -> Count:
    """Create and update the rows of a table; mark as withdrawn those that the files no longer have."""
    manager = MANAGERS[table.kind]
    stored = {key_of(table.kind, entry): entry for entry in manager.all()}
    ids.update({Ref(table.kind, key): entry.pk for key, entry in stored.items()})
    count = Count()
    _create_missing(table, manager, {key: table.rows[key] for key in table.rows if key not in stored}, ids, count)
    _update_different(table, manager, stored, ids, count)
    return count


def _create_missing(
    table: Table, manager: models.Manager[Any], missing: dict[Key, Any], ids: Ids, count: Count
) -> None:
    """Create rows in waves: those first whose references are there already."""
    while missing:
        ready = {key: _columns(row, ids) for key, row in missing.items() if _refs_are_known(row, ids)}
        entries = [manager.model(**key_columns(table.kind, key), **columns) for key, columns in ready.items()]
        for key, entry in zip(ready, manager.bulk_create(entries), strict=True):
            ids[Ref(table.kind, key)] = entry.pk
        count.created += len(ready)
        missing = {key: row for key, row in missing.items() if key not in ready}


def _update_different(
    table: Table, manager: models.Manager[Any], stored: dict[Key, Any], ids: Ids, count: Count
) -> None:
    changed: list[models.Model] = []
    columns: set[str] = set()
    for key, entry in stored.items():
        wanted = _columns(table.rows[key], ids) if key in table.rows else {}
        wanted["is_withdrawn"] = key not in table.rows
        different = {name for name, value in wanted.items() if getattr(entry, name) != value}
        for name in different:
            setattr(entry, name, wanted[name])
        if wanted["is_withdrawn"]:
            count.withdrawn.append(":".join(key))
        if different:
            changed.append(entry)
            columns |= different
    if changed:
        fields = sorted({name.removesuffix("_id") for name in columns})
        manager.bulk_update(changed, fields)
    count.updated = len(changed)
    count.unchanged = len(stored) - len(changed)


def _refs_are_known(row: Mapping[str, Any], ids: Ids) -> bool:
    return all(value in ids for value in row.values() if isinstance(value, Ref))


def _columns(row: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """Column values with references as ids."""
    columns: dict[str, Any] = {}
    for name, value in row.items():
        is_reference = isinstance(value, Ref) or name in ("parent", "successor", "province", "old_province")
        columns[f"{name}_id" if is_reference else name] = ids[value] if isinstance(value, Ref) else value
    return columns


def write_links(pairs: models.Manager[Any], ends: tuple[str, str], wanted: Links) -> Count:
    """Make a table of pairs hold exactly the wanted ones."""
    rows: dict[tuple[int, int], Any] = {(getattr(row, ends[0]), getattr(row, ends[1])): row for row in pairs.all()}
    same = {
        pair
        for pair, row in rows.items()
        if pair in wanted and all(getattr(row, name) == value for name, value in wanted[pair].items())
    }
    if gone := [row.pk for pair, row in rows.items() if pair not in same]:
        pairs.filter(pk__in=gone).delete()
    new = [pair for pair in wanted if pair not in same]
    pairs.bulk_create([pairs.model(**dict(zip(ends, pair, strict=True)), **wanted[pair]) for pair in new])
    changed = sum(pair in rows for pair in new)
    return Count(created=len(new) - changed, updated=changed, unchanged=len(same), deleted=len(gone) - changed)


def write_terms(contents: Contents, ids: Ids) -> Count:
    """Make the shipped terms those of the files. Terms taught by staff stay."""
    wanted = {
        (ref.kind.value, ids[ref], text, source.value): language
        for (ref, text), (source, language) in contents.terms.items()
    }
    wanted |= {(ref.kind.value, ids[ref], text, Source.AMBIGUOUS.value): "" for ref, text in contents.ambiguous}
    kinds = [kind.value for kind in contents.tables]
    stored = {_identity(term): term for term in Term.objects.shipped() if _identity(term)[0] in kinds}
    same = {key for key, term in stored.items() if wanted.get(key) == term.language and term.key == fold(term.text)}
    if gone := [term.pk for key, term in stored.items() if key not in same]:
        Term.objects.filter(pk__in=gone).delete()
    new = [key for key in wanted if key not in same]
    Term.objects.bulk_create([_term(key, wanted[key]) for key in new], batch_size=1000)
    changed = sum(key in stored for key in new)
    return Count(created=len(new) - changed, updated=changed, unchanged=len(same), deleted=len(gone) - changed)


def _identity(term: Term) -> tuple[str, int, str, str]:
    kind = next(kind for kind in Kind.values if getattr(term, f"{kind}_id") is not None)
    return kind, getattr(term, f"{kind}_id"), term.text, term.source


def _term(identity: tuple[str, int, str, str], language: str) -> Term:
    kind, entry_id, text, source = identity
    return Term(**{f"{kind}_id": entry_id}, text=text, key=fold(text), source=source, language=language)
