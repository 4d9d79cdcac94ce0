"""Worked examples, as publications print them, put to the methods."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import combinations
from math import isclose
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matchmaking.decisions.best_worst import best_worst_weights
from matchmaking.decisions.consortium import Limits, consortia
from matchmaking.decisions.consortium_table import Candidate
from matchmaking.decisions.kendall import kendall_tau
from matchmaking.decisions.opinion import Opinion
from matchmaking.decisions.pairwise import pairwise_weights, principal
from matchmaking.decisions.promethee import promethee
from matchmaking.decisions.rank_order import rank_order_weights
from matchmaking.decisions.second_opinion import topsis, vikor

Example = Mapping[str, Any]
DIRECTIONS: Final = {"max": 1, "min": -1}
EXACTLY: Final = 1e-9


def found_by(example: Example) -> dict[str, Any]:
    """What the example's method makes of it, by name; rows and criteria count from 1.

    Raises:
        KeyError, TypeError, ValueError: it is no such example, or the method refuses it.
    """
    return METHODS[example["method"]](example)


def differences(example: Example, found: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """By name, what the example expects and what was found instead; nothing where all is `within` what it allows."""
    within = example.get("within", EXACTLY)
    return {
        name: (expected, found.get(name))
        for name, expected in example.get("expected", {}).items()
        if not _same(expected, found.get(name), within)
    }


def _same(expected: Any, found: Any, within: float) -> bool:
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(_same(expected[key], found.get(key), within) for key in expected)
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(expected) == len(found)
            and all(_same(one, other, within) for one, other in zip(expected, found, strict=True))
        )
    if _is_number(expected) and _is_number(found):
        return isclose(expected, found, rel_tol=0, abs_tol=within + EXACTLY)
    return bool(expected == found)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _topsis(example: Example) -> dict[str, Any]:
    return _told(topsis(*_compared(example), **_given(example, "normalisation")))


def _vikor(example: Example) -> dict[str, Any]:
    return _told(vikor(*_compared(example), **_given(example, "v")))


def _promethee(example: Example) -> dict[str, Any]:
    return _told(promethee(*_compared(example), **_given(example, "function", "indifference", "preference")))


def _compared(example: Example) -> tuple[Any, Any, list[int]]:
    return example["matrix"], example["weights"], [DIRECTIONS[direction] for direction in example["directions"]]


def _given(example: Example, *names: str) -> dict[str, Any]:
    return {name: example[name] for name in names if name in example}


def _told(opinion: Opinion) -> dict[str, Any]:
    return {
        "normalisation": opinion.normalisation,
        "scores": opinion.scores.tolist(),
        "ranks": opinion.ranks,
        **{name: part.tolist() for name, part in opinion.parts.items()},
        "compromise": [row + 1 for row in opinion.compromise],
        **opinion.conditions,
    }


def _rank_order(example: Example) -> dict[str, Any]:
    return {"weights": rank_order_weights(example["places"])}


def _pairwise(example: Example) -> dict[str, Any]:
    matrix = _reciprocal(example["matrix"])
    keys = [str(place) for place in range(1, len(matrix) + 1)]
    judgements = {(keys[i], keys[j]): float(matrix[i, j]) for i, j in combinations(range(len(keys)), 2)}
    found = pairwise_weights(keys, judgements)
    return {
        "weights": list(found.weights.values()),
        "largest_eigenvalue": found.largest_eigenvalue,
        "consistency_index": found.consistency_index,
        "consistency_ratio": found.consistency_ratio,
        "is_consistent": found.is_consistent,
        "worst": [int(key) for key in found.worst.criteria] if found.worst else None,
    }


def _hierarchy(example: Example) -> dict[str, Any]:
    criteria, _largest = principal(_reciprocal(example["criteria"]))
    rows = np.array([principal(_reciprocal(matrix))[0] for matrix in example["alternatives"]])
    return {"scores": (criteria @ rows).tolist()}


def _reciprocal(rows: list[list[Any]]) -> NDArray[np.float64]:
    """Figures, or fractions such as "1/3".

    Raises:
        ValueError: it is not square, or two halves do not say the same (to the 2 % that rounded decimals may be off).
    """
    matrix = np.array([[float(Fraction(str(cell))) for cell in row] for row in rows])
    if matrix.ndim != 2 or not np.allclose(matrix * matrix.T, 1, atol=0.02):
        raise ValueError("what stands across the diagonal must be the reciprocal")
    return matrix


def _best_worst(example: Example) -> dict[str, Any]:
    answers = _given(example, "best", "worst", "best_to_others", "others_to_worst", "model")
    found = best_worst_weights(**answers)
    return {
        "weights": found.weights,
        "ranges": {key: list(ends) for key, ends in found.ranges.items()},
        "deviation": found.deviation,
        "consistency_ratio": found.consistency_ratio,
    }


def _kendall(example: Example) -> dict[str, Any]:
    return {"tau_b": kendall_tau(example["ranks"], example["others"])}


def _set_cover(example: Example) -> dict[str, Any]:
    places = {each: place for place, each in enumerate(example["universe"])}
    candidates = [
        Candidate(places[each], name, 0.5, is_core=True) for name, held in example["sets"].items() for each in held
    ]
    found = consortia(len(places), candidates, Limits(most_firms=len(example["sets"])))
    return {"optimal": list(found.found[0].firms) if found.found else None, "is_proved": found.is_proved}


METHODS: Final[dict[str, Callable[[Example], dict[str, Any]]]] = {
    "topsis": _topsis,
    "vikor": _vikor,
    "promethee_ii": _promethee,
    "rank_order": _rank_order,
    "pairwise": _pairwise,
    "hierarchy": _hierarchy,
    "best_worst": _best_worst,
    "kendall_tau": _kendall,
    "set_cover": _set_cover,
}
