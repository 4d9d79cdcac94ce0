"""Made-up firms before the upgrade planner: what each standard costs each firm, and what it would unlock."""

from collections.abc import Iterator

import numpy as np

from matchmaking.decisions.upgrades import Upgrade

REQUIREMENTS = 100
"""So many the planner looks at."""
STANDARDS = (("counts", 1.0, True, 2), ("counts, stricter", 2.5, True, 1), ("of customers", 0.35, False, 3))
"""Each with its cost as a multiple of the first, whether it counts, and that it proves what each so manieth requirement
asks."""


def upgrades(firms: int, seed: int = 20261126) -> list[Upgrade]:
    """Of each firm up to three: costs of 100 to 300 million VND for the first standard, and 1.5 requirements that it
    could serve if it were certified, on average."""
    return list(_upgrades(firms, np.random.default_rng(seed)))


def _upgrades(firms: int, random: np.random.Generator) -> Iterator[Upgrade]:
    for firm in range(firms):
        cost = int(random.integers(100, 300)) * 1_000_000
        able = random.choice(REQUIREMENTS, min(int(random.poisson(1.5)), REQUIREMENTS), replace=False).tolist()
        for standard, times, counts, every in STANDARDS:
            unlocks = frozenset(f"r{number:03d}" for number in able if number % every == 0)
            if counts or unlocks:
                yield Upgrade(f"f{firm:05d}", standard, int(cost * times), is_international=counts, unlocks=unlocks)


def budget_for(offered: list[Upgrade], part: float) -> int:
    """As much as the first standard costs for a part of the firms."""
    return int(part * sum(each.cost for each in offered if each.standard == STANDARDS[0][0]))
