"""Two scorers that share no code give the same output."""

import json
from typing import Any

from hypothesis import given, settings

from matchmaking.engine.replay import replay
from matchmaking.engine.version import ENGINE_VERSION
from tests.unit.engine import plain_scorer
from tests.unit.engine.documents import documents


@settings(max_examples=15 * settings().max_examples)
@given(documents())
def test_engine_and_plain_scorer_print_the_same(document: dict[str, Any]) -> None:
    source = json.dumps(document, ensure_ascii=False)

    assert replay(source.encode()) == plain_scorer.score(json.loads(source), ENGINE_VERSION)
