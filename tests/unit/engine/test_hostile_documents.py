"""Whatever is put anywhere into a document, it is refused by name or ranked as the plain scorer ranks it."""

import json
import re
from copy import deepcopy
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.errors import FactsError
from matchmaking.engine.replay import replay
from matchmaking.engine.version import ENGINE_VERSION
from tests.unit.engine import plain_scorer
from tests.unit.engine.changes import stored

ODDITIES: list[Any] = [
    None,
    True,
    False,
    0,
    -0.0,
    1,
    2.0,
    -1,
    4,
    0.5,
    100,
    1e308,
    5e-324,
    10**30,
    10**308,
    "",
    "none",
    "x",
    "ISO 9001",
    "turning",
    "c45",
    "HN",
    "2026-11-23",
    "2026-11-24",
    "0001-01-01",
    "9999-12-31",
    [],
    ["turning"],
    ["c45", "c45", "steel"],
    ["ISO 9001"],
    [3, 2, 1],
    [[]],
    {},
    {"value": 1, "level": 0, "observed": "2026-11-23"},
    {"value": None, "level": 4, "observed": "2026-11-23"},
    {"value": ["c45"], "level": 0, "observed": "1990-01-01"},
    {"a": "b"},
    {"mode": "must"},
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a document."""
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return []
    return [(value, key) for key, _ in items] + [place for _, child in items for place in places(child)]


def odd(value: Any, random: Random) -> Any:
    """Something else: mostly of the same kind, so that it is not refused at once."""
    kind: Any = (int, float) if isinstance(value, int | float) else type(value)
    alike = [oddity for oddity in ODDITIES if isinstance(oddity, kind) and not isinstance(oddity, bool)]
    return deepcopy(random.choice(alike if alike and random.random() < 0.9 else ODDITIES))


def outcome(source: str) -> dict[str, object] | str:
    """The ranking, or the refusal."""
    try:
        return replay(source.encode())
    except FactsError as refusal:
        return str(refusal)


@settings(max_examples=5 * settings().max_examples)
@given(st.randoms(use_true_random=True), st.integers(1, 3))
def test_a_document_with_odd_values_is_refused_by_name_or_ranked(random: Random, changes: int) -> None:
    document = stored("everything")
    for _ in range(changes):
        container, key = random.choice(places(document))
        container[key] = odd(container[key], random)
    source = json.dumps(document)

    answer = outcome(source)

    if isinstance(answer, str):
        assert re.fullmatch(r"[a-z_]+[^:\n]*: .+", answer)
    else:
        assert answer == plain_scorer.score(json.loads(source), ENGINE_VERSION)
