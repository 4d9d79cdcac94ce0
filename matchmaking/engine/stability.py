"""How far the first places of a ranking depend on the exact weights, and on what is not known for sure.

Source: SMAA-2, R. Lahdelma and P. Salminen, SMAA-2: Stochastic multicriteria acceptability analysis for group decision
making, Operations Research 49 (2001). Only uniform numbers are drawn, and only sums, products and comparisons made of
them, so that every machine and every later version of numpy finds the same shares to the last bit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np

from matchmaking.engine.canonical import sha256
from matchmaking.engine.columns import Floats, Ints
from matchmaking.engine.score import rounded, weight_shares
from matchmaking.engine.version import ENGINE_VERSION

CONSIDERED: Final = 200
"""How many of the first suppliers compete for places."""
PLACES: Final = 10
"""For how many of the first places shares are told."""
SAMPLES: Final = 2_000
LEAST_SPREAD: Final = 100
"""The parameters of the weights' distribution sum to this or up to twice as much: a weight of a fifth then varies by a
fifth of itself, up or down (one standard deviation)."""


@dataclass(frozen=True, slots=True)
class Stability:
    """What became of the places of n suppliers, in the order in which they were given.

    Attributes:
        seed: hexadecimal; the same input has the same one.
        acceptability: shape (n, places): the share of samples in which each takes each of the first places. Of those
            that tie for places, each has an equal share of them.
        mean_rank: shape (n,), from 1.
        central_weights: the mean, by criterion, of the weights with which a supplier is first; None where it never is.
            They sum to 1.
    """

    samples: int
    seed: str
    acceptability: Floats
    mean_rank: Floats
    central_weights: Sequence[Mapping[str, float] | None]


def stability(
    lines: Sequence[Mapping[str, Any]], weights: Mapping[str, float], *, samples: int = SAMPLES, places: int = PLACES
) -> Stability:
    """Draw weights and values again and again, and see who comes first.

    Weights come from a Dirichlet distribution around the given ones, values uniformly from [low, high]. Eligibility
    goes before score in every sample, as in the ranking.

    Args:
        lines: as `Ranking.results` has them, best first: those that compete.
        weights: of the criteria that count, 0 or more, not all 0. Only ratios matter.
    """
    shares = weight_shares(weights)
    low, high = (_ends(lines, list(shares), end) for end in ("low", "high"))
    eligibility = [line["eligibility"] for line in lines]
    seed = sha256([ENGINE_VERSION, shares, eligibility, low.tolist(), high.tolist(), samples])
    draw = np.random.Generator(np.random.PCG64(int(seed, 16)))
    drawn = _weights(draw, np.array(list(shares.values())), samples)
    score = np.zeros((samples, len(lines)))
    for index in range(len(shares)):
        value = low[:, index] + draw.random(score.shape) * (high[:, index] - low[:, index])
        score += drawn[:, index, np.newaxis] * value
    groups = [len(list(group)) for _, group in groupby(eligibility)]
    tallies = [_Tally.of(part) for part in np.split(score, np.cumsum(groups)[:-1], axis=1)] if groups else []
    central = [central for tally in tallies[:1] for central in tally.central(drawn)]
    return Stability(
        samples=samples,
        seed=seed,
        acceptability=_side_by_side(tallies)[:, :places],
        mean_rank=np.concatenate([np.zeros(0), *_after_each_other(tallies)]),
        central_weights=[
            None if mean is None else dict(zip(shares, map(rounded, mean.tolist()), strict=True))
            for mean in (*central, *[None] * (len(lines) - len(central)))
        ],
    )


def _ends(lines: Sequence[Mapping[str, Any]], keys: Sequence[str], end: str) -> Floats:
    """Shape (suppliers, criteria)."""
    found = [[float(line["criteria"][key][end]) for key in keys] for line in lines]
    return np.array(found, dtype=np.float64).reshape(len(lines), len(keys))


def _weights(draw: np.random.Generator, shares: Floats, samples: int) -> Floats:
    """Shape (samples, criteria): from a Dirichlet distribution with these means, each row summing to 1.

    Its parameters are whole numbers, so that the gaps between sorted uniform numbers, some joined, are such a draw
    (L. Devroye, Non-Uniform Random Variate Generation, 1986, theorem XI.4.1): no logarithm is needed, whose last bit
    other machines compute otherwise.
    """
    parameters = _parameters(shares)
    total = int(parameters.sum())
    cuts = np.sort(draw.random((samples, total - 1)), axis=1)
    cuts = np.hstack([np.zeros((samples, 1)), cuts, np.ones((samples, 1))])
    drawn: Floats = np.diff(cuts[:, np.concatenate([[0], np.cumsum(parameters)])], axis=1)
    return drawn


def _parameters(shares: Floats) -> Ints:
    """Whole numbers as nearly in proportion to the shares as a sum of this size permits."""
    totals = np.arange(LEAST_SPREAD, 2 * LEAST_SPREAD)
    wanted = totals[:, np.newaxis] * shares
    miss = np.abs(wanted - np.rint(wanted)).max(axis=1)
    best: Floats = wanted[np.argmin(np.round(miss, 9))]
    return np.rint(best).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Tally:
    """Who took which place among n suppliers.

    Attributes:
        order: shape (samples, n): suppliers, best first.
        first, last: the same shape: the places, from 0, that those who tie with this one share.
    """

    order: Ints
    first: Ints
    last: Ints

    @classmethod
    def of(cls, score: Floats) -> "_Tally":
        order = np.argsort(-score, axis=1, kind="stable")
        ranked = np.take_along_axis(score, order, axis=1)
        differs = ranked[:, 1:] != ranked[:, :-1]
        edge = np.ones((len(score), 1), dtype=np.bool_)
        place = np.arange(score.shape[1])
        first = np.maximum.accumulate(np.where(np.hstack([edge, differs]), place, 0), axis=1)
        ends = np.where(np.hstack([differs, edge]), place, len(place))
        return cls(order, first, np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1])

    @property
    def size(self) -> int:
        return int(self.order.shape[1])

    @property
    def share(self) -> Floats:
        """Of each of the places that it shares."""
        return 1.0 / (self.last - self.first + 1)

    def acceptability(self) -> Floats:
        """Shape (n, n): supplier by place. Each sample adds a share from its first place on and takes it back after
        its last."""
        width = self.size + 1
        changes = self._sum(self.order * width + self.first, self.share, self.size * width)
        changes -= self._sum(self.order * width + self.last + 1, self.share, self.size * width)
        taken = np.cumsum(changes.reshape(self.size, width), axis=1)[:, : self.size] / len(self.order)
        return np.maximum(taken, 0.0)  # what thirds leave behind may lie below

    def mean_rank(self) -> Floats:
        return 1.0 + self._sum(self.order, (self.first + self.last) / 2.0, self.size) / len(self.order)

    def central(self, weights: Floats) -> list[Floats | None]:
        """By supplier, the mean of the weights of those samples in which it is first."""
        sample, position = np.nonzero(self.first == 0)
        supplier, share = self.order[sample, position], self.share[sample, position]
        times = self._sum(supplier, share, self.size)
        sums = [self._sum(supplier, share * column[sample], self.size) for column in weights.T]
        means = np.array(sums).T / np.where(times > 0, times, 1.0)[:, np.newaxis]
        return [mean if count > 0 else None for mean, count in zip(means, times.tolist(), strict=True)]

    @staticmethod
    def _sum(index: Ints, amounts: Floats, size: int) -> Floats:
        return np.bincount(index.ravel(), weights=amounts.ravel(), minlength=size).astype(np.float64, copy=False)


def _side_by_side(tallies: Sequence[_Tally]) -> Floats:
    """Shape (n, n): the places of one group come after those of the group before."""
    size = sum(tally.size for tally in tallies)
    whole = np.zeros((size, size))
    start = 0
    for tally in tallies:
        end = start + tally.size
        whole[start:end, start:end] = tally.acceptability()
        start = end
    return whole


def _after_each_other(tallies: Sequence[_Tally]) -> list[Floats]:
    starts = np.cumsum([0, *(tally.size for tally in tallies)]).tolist()
    return [start + tally.mean_rank() for start, tally in zip(starts, tallies, strict=False)]
