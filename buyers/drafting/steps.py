"""To which step of the work a figure belongs."""

from collections.abc import Sequence

from buyers.drafting.context import Clauses
from buyers.drafting.figures import Figure

OF_SHAPES = ("tolerance_mm", "roughness_um")
"""What is said of the shape, which a coating or a heat treatment does not give."""
WITHOUT_SHAPING = frozenset({"HEAT", "SURF", "ENGI", "PACK", "CHEM"})
THICKEST_COATING_MM = 0.01
"""A tolerance that is closer, beside the name of a coating, is of its thickness: "mạ kẽm 8 ±2 µm"."""
LAYERS = frozenset({"HEAT", "SURF"})


def step_of(found: Figure, processes: Sequence[str], starts: Sequence[int], clauses: Clauses) -> int:
    """The place of a figure's step among `processes`, of which `starts` tell where the text names them.

    It is the step that is named last before the figure; for what is said of the shape, one that shapes: the one in
    its own part of the sentence ("lỗ Ø10 H7 doa"), else the last before it, else the first.
    """
    before = [at for at, start in enumerate(starts) if start <= found.start]
    last = max(before, default=0)
    if found.field not in OF_SHAPES or _is_of_a_layer(found, processes, starts, clauses):
        return last
    shaping = [at for at, code in enumerate(processes) if code.split(".")[0] not in WITHOUT_SHAPING]
    first, end = clauses.around(found.start, found.end)
    beside = [at for at in shaping if first <= starts[at] < end]
    led = [at for at in beside or shaping if starts[at] <= found.start]
    return max(led, default=next(iter(beside or shaping), last))


def _is_of_a_layer(found: Figure, processes: Sequence[str], starts: Sequence[int], clauses: Clauses) -> bool:
    """Whether it is how thick a coating is, or how deep a hardened layer goes, that is named before it."""
    first, _ = clauses.around(found.start, found.end)
    steps = zip(processes, starts, strict=True)
    treated = any(code.split(".")[0] in LAYERS and first <= at < found.start for code, at in steps)
    is_layer = found.value < THICKEST_COATING_MM or clauses.is_of_a_layer(found.start)
    return found.field == "tolerance_mm" and treated and is_layer
