"""Lines of rankings as JSON, for whoever sees all of them."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import orjson
from django.db import connection

from config.api.rendering import json_bytes
from matchmaking.api.v1.kept import KeptLines, Line
from matchmaking.engine.canonical import canonical_json
from matchmaking.engine.sentences import Language
from matchmaking.presentation import with_reasons
from matchmaking.services import Match, RequirementVersion

kept = KeptLines()
PLAINLY_WRITTEN = 1e15
"""Figures from here on have an exponent, or digits that others write otherwise."""
_RANK = b'"rank":0,'
"""No text in JSON has these quotes in it, and only a line has a rank."""


def lines_of(requirement: RequirementVersion, match: Match, language: Language) -> list[Line]:
    """The wanted lines with reasons. Where neither requirement nor supplier has changed, what was said before.

    What a transaction of ours reads may be rolled back, so it neither leaves any nor finds any.
    """
    if connection.in_atomic_block:
        return _said(match, match.positions, language)
    keys = _keys(requirement, match, language)
    found = kept.find(keys)
    new = [number for number, line in enumerate(found) if line is None]
    if not new:
        return [line for line in found if line is not None]
    said = dict(zip(new, _said(match, [match.positions[number] for number in new], language), strict=True))
    kept.keep((keys[number], line) for number, line in said.items())
    return [line or said[number] for number, line in enumerate(found)]


def _keys(requirement: RequirementVersion, match: Match, language: Language) -> list[Hashable]:
    """All that the lines rest on, for each; flat, since they are hashed more often than anything else."""
    snapshot, version = match.snapshot, requirement
    asked = version.pk, version.public_id, version.version, version.plant_version
    rests_on = *asked, snapshot.taxonomy_version, snapshot.as_of, language
    return [(*rests_on, supplier, snapshot.editions.of(supplier)) for supplier in match.supplier_ids]


def _said(match: Match, positions: Sequence[int], language: Language) -> list[Line]:
    if not positions:
        return []
    plain = [{**line, "rank": 0} for line in match.ranking.lines(positions)]
    shown = with_reasons(match, positions, plain, language=language)
    is_plain = all(criterion.weight < PLAINLY_WRITTEN for criterion in match.ranking.criteria.values())
    canonical = _canonical if is_plain else _slowly
    return [Line(_parted(json_bytes(full)), _parted(canonical(line))) for full, line in zip(shown, plain, strict=True)]


def _canonical(line: Mapping[str, Any]) -> bytes:
    """As the engine writes it, in a fifth of the time. Both write figures in the fewest digits, but for those below
    0.0001: one with an exponent, the other not always."""
    written = orjson.dumps(line, option=orjson.OPT_SORT_KEYS)
    return _slowly(line) if b"e-" in written or b"0.0000" in written else written


def _slowly(line: Mapping[str, Any]) -> bytes:
    return canonical_json(line).encode()


def _parted(line: bytes) -> tuple[bytes, bytes]:
    before, after = line.split(_RANK)
    return before, after
