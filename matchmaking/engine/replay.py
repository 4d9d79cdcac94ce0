"""From a facts file to its ranking and the hash that seals it."""

from typing import Any

from matchmaking.engine import canonical
from matchmaking.engine.facts import load, parse_facts
from matchmaking.engine.loading import build_columns
from matchmaking.engine.rank import rank
from matchmaking.engine.version import ENGINE_VERSION


def replay(source: bytes) -> dict[str, Any]:
    """The ranking of a facts file: `engine_version`, `sha256` and `results`, as docs/matching.md describes them.

    Raises:
        FactsError: the file is bad.
    """
    document = load(source)
    facts = parse_facts(document)
    columns = build_columns(facts.suppliers, facts.taxonomy)
    results = rank(facts.requirement, columns, facts.taxonomy, facts.as_of).results()
    sha256 = canonical.ranking_sha256(canonical.sha256(document), results)
    return {"engine_version": ENGINE_VERSION, "sha256": sha256, "results": results}
