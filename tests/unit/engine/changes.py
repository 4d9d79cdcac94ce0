"""Facts documents for tests: the stored ones, and changed copies of them."""

import json
from pathlib import Path
from typing import Any, Final

from matchmaking.engine.facts import parse_facts
from matchmaking.engine.loading import build_columns
from matchmaking.engine.rank import rank
from matchmaking.engine.ranking import Ranking

FACTS: Final = Path(__file__).parent / "facts"
ABSENT: Final = object()


def stored(name: str) -> Any:
    """A stored document, fresh each time."""
    return json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))


def changed(document: Any, path: str, value: object) -> Any:
    """The document with the field at a path such as `suppliers.0.id` set, added, or (ABSENT) taken away."""
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = document
    for step in parents:
        place = place[step]
    if value is ABSENT:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return document


def ranked(document: Any) -> Ranking:
    facts = parse_facts(document)
    return rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)
