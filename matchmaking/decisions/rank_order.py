"""Weights from an order alone: rank-order centroids (F. H. Barron and B. E. Barrett, Management Science 42, 1996)."""

from collections.abc import Sequence

from matchmaking.decisions.errors import JudgementError


def rank_order_weights(places: Sequence[Sequence[str]]) -> dict[str, float]:
    """The mean of all weightings that keep the order.

    Args:
        places: keys of criteria, those that matter most first; who share a place matter alike.

    Returns:
        Weights by key, summing to 1. With n criteria the one at place k has (1/k + … + 1/n) ÷ n; those who share places
        have the mean of these.

    Raises:
        JudgementError: `missing`: there is no criterion; `repeated`: one stands at two places.
    """
    keys = [key for place in places for key in place]
    if not keys:
        raise JudgementError("missing")
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise JudgementError("repeated", *repeated)
    centroids = _centroids(len(keys))
    weights: dict[str, float] = {}
    for place in places:
        shared = centroids[len(weights) : len(weights) + len(place)]
        weights |= dict.fromkeys(place, sum(shared) / len(place) if place else 0.0)
    return weights


def _centroids(n: int) -> list[float]:
    return [sum(1 / rank for rank in range(place, n + 1)) / n for place in range(1, n + 1)]
