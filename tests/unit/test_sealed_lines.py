"""What is sealed of a line is written quickly, and to the byte as the engine writes it."""

from hypothesis import example, given
from hypothesis import strategies as st

from matchmaking.api.v1.lines import PLAINLY_WRITTEN, _canonical
from matchmaking.engine.canonical import canonical_json
from matchmaking.engine.score import rounded


@given(
    figures=st.lists(st.floats(0, 1).map(rounded), min_size=1),
    weight=st.floats(0, PLAINLY_WRITTEN, exclude_max=True).map(rounded),
    text=st.text(st.characters(codec="utf-8")),
)
@example(figures=[1e-6, 5e-5, 9.9e-5, 1e-4, 0.1, 1.0, 0.0], weight=123456789012345.0, text="sup_1e-5")
@example(figures=[5e-5], weight=1.0, text="sup_a")
@example(figures=[1e-6], weight=1.0, text="sup_a")
def test_a_line_is_sealed_as_the_engine_writes_it(figures: list[float], weight: float, text: str) -> None:
    line = {
        "supplier": text,
        "rank": 0,
        "failed": [],
        "score": None,
        "criteria": {"b": {"weight": weight}, "a": figures},
    }

    assert _canonical(line) == canonical_json(line).encode()
