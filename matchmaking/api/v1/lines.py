"""Lines of rankings as JSON, for whoever sees all of them."""

from collections.abc import Sequence

from django.db import connection

from config.api.rendering import json_bytes
from matchmaking.api.v1.kept import KeptLines, Line
from matchmaking.engine.canonical import canonical_json
from matchmaking.engine.sentences import Language
from matchmaking.presentation import with_reasons
from matchmaking.services import Match, RequirementVersion

kept = KeptLines()
_RANK = b'"rank":0,'
"""No text in JSON has these quotes in it, and only a line has a rank."""


def lines_of(requirement: RequirementVersion, match: Match, language: Language) -> list[Line]:
    """The wanted lines with reasons. Where neither requirement nor supplier has changed, what was said before.

    What a transaction of ours reads may be rolled back, so it neither leaves any nor finds any.
    """
    if connection.in_atomic_block:
        return _said(match, match.positions, language)
    snapshot = match.snapshot
    rests_on = requirement, snapshot.taxonomy_version, snapshot.as_of, language
    keys = [(*rests_on, supplier, snapshot.editions.of(supplier)) for supplier in match.supplier_ids]
    found = dict(zip(keys, kept.find(keys), strict=True))
    new = [(key, position) for key, position in zip(keys, match.positions, strict=True) if found[key] is None]
    said = dict(zip([key for key, _ in new], _said(match, [at for _, at in new], language), strict=True))
    kept.keep(said.items())
    return [found[key] or said[key] for key in keys]


def _said(match: Match, positions: Sequence[int], language: Language) -> list[Line]:
    if not positions:
        return []
    plain = [{**line, "rank": 0} for line in match.ranking.lines(positions)]
    shown = with_reasons(match, positions, plain, language=language)
    return [
        Line(_parted(json_bytes(full)), _parted(canonical_json(line).encode()))
        for full, line in zip(shown, plain, strict=True)
    ]


def _parted(line: bytes) -> tuple[bytes, bytes]:
    before, after = line.split(_RANK)
    return before, after
