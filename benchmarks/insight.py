"""How long what nobody else gives takes: `python -m benchmarks.insight [--requirements N] [--json FILE]`

Everything is made up with a fixed seed, needs no database, and runs on one core:

- `gap path`: one supplier before so many open requirements, 10,000 unless said otherwise: which changes and pairs of
  changes open how many more. For suppliers of the commonest trades, who have a capability for many;
- `consortia`: 20 operations with 200 candidates each, in three worlds: everybody can do a little, some can do much,
  and all steps together must be in time;
- `weights`: 15 criteria in order, in pairs, and by the best and the worst;
- `second opinion`: TOPSIS, VIKOR and PROMETHEE II on 200 suppliers and 16 criteria;
- `upgrades`: the planner before 400 and 2,000 firms with three standards each and 100 requirements, for either aim and
  budgets for a tenth and for two fifths of them. What it proposes must be proved best, with a gap of 0.

Targets are processor time, since machines are shared; the clock's is told beside. Exits with 1 where one is missed.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.plans import budget_for, upgrades
from benchmarks.synthetic import LANGUAGES, LEAVES, MATERIALS, STANDARDS, TODAY, synthetic_columns, taxonomy
from matchmaking.decisions.best_worst import best_worst_weights
from matchmaking.decisions.consortium import Limits, consortia
from matchmaking.decisions.consortium_table import Candidate
from matchmaking.decisions.pairwise import pairwise_weights
from matchmaking.decisions.promethee import promethee
from matchmaking.decisions.rank_order import rank_order_weights
from matchmaking.decisions.second_opinion import topsis, vikor
from matchmaking.decisions.upgrades import AIMS, SHARE, UpgradePlan, plan_upgrades
from matchmaking.engine.columns import Columns
from matchmaking.engine.demand import Demand
from matchmaking.engine.gaps import gaps
from matchmaking.engine.model import CriterionSetting, Operation, Quantity, Requirement

GAP_S, DECISION_S = 1.0, 2.0
PLAN_S = {400: 2.0, 2_000: 5.0}
"""By number of firms."""
PROVED = "gap 0"
SUPPLIERS, FIRMS = 2_000, 12
TAXONOMY = taxonomy()


@dataclass(frozen=True)
class Figure:
    """Seconds of one case, and a word on its result."""

    case: str
    processor_s: float
    clock_s: float
    target_s: float
    result: str
    is_proved: bool = True
    """Where only what is proved best will do."""

    @property
    def is_missed(self) -> bool:
        return self.processor_s > self.target_s or not self.is_proved


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.insight", description="Time insight.")
    parser.add_argument("--requirements", type=int, default=10_000, help="open ones (default: 10000)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    wishes = parser.parse_args(arguments)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    figures: list[Figure] = []
    print(f"{'case':<44} {'processor s':>11} {'clock s':>8} {'target s':>8}")
    for figure in chain(_gap_paths(wishes.requirements), _decisions(), _plans()):
        figures.append(figure)
        missed = "  MISSED" if figure.is_missed else ""
        line = f"{figure.case:<44} {figure.processor_s:>11.3f} {figure.clock_s:>8.3f} {figure.target_s:>8.1f}"
        print(f"{line}  {figure.result}{missed}", flush=True)
    print(f"load average {os.getloadavg()[0]:.1f}")
    if wishes.json:
        wishes.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n", encoding="utf-8")
    return int(any(figure.is_missed for figure in figures))


def _timed(case: str, target_s: float, work: Callable[[], Any], told: Callable[[Any], str]) -> Figure:
    clock, processor = time.perf_counter(), time.process_time()
    found = work()
    took = time.process_time() - processor, time.perf_counter() - clock
    return Figure(case, *took, target_s, told(found))


# The gap path.


def _gap_paths(requirements: int) -> Iterator[Figure]:
    """The median firm and the slowest, of those with most capabilities for the commonest processes."""
    columns, demand = synthetic_columns(SUPPLIERS), Demand.of(_requirements(requirements))
    firms = _busiest(columns)
    found = [_timed("gap path", GAP_S, partial(_paths, demand, firm, columns), lambda told: told) for firm in firms]
    found.sort(key=lambda figure: figure.processor_s)
    yield replace(found[len(found) // 2], case="gap path, median firm")
    yield replace(found[-1], case="gap path, slowest firm")


def _paths(demand: Demand, firm: int, columns: Columns) -> str:
    found = gaps(demand, firm, columns, TAXONOMY, TODAY)
    paths = found.paths(20)
    best = len(paths[0].requirements) if paths else 0
    return (
        f"capability for {len(found.found):,}, eligible for {found.found.counts['eligible']:,}, {len(found.offered)} "
        f"changes, the best opens {best}, left out {found.left_out}"
    )


def _busiest(columns: Columns) -> list[int]:
    """Firms with the commonest process, and as many other rows as there may be."""
    lengths = columns.rows_of_supplier.lengths()
    common = columns.row_supplier[columns.row_process_code == columns.processes.index["p0"]]
    return sorted(set(common.tolist()), key=lambda firm: (-lengths[firm], firm))[:FIRMS]


def _requirements(count: int) -> Iterator[Requirement]:
    random = np.random.default_rng(20261126)
    chance = 1.0 / np.arange(1, LEAVES + 1)
    for number in range(count):
        processes = random.choice(LEAVES, 1 + int(random.random() < 0.3), p=chance / chance.sum()).tolist()
        asked = random.random(12)
        yield Requirement(
            id=f"r{number:06d}",
            operations=tuple(
                Operation(
                    id=str(place + 1),
                    process=f"p{process}",
                    materials=(f"m{random.integers(MATERIALS)}",) if asked[0] < 0.5 else (),
                    tolerance_mm=float(random.choice([0.01, 0.02, 0.05, 0.1])) if asked[1] < 0.7 else None,
                    roughness_um=float(random.choice([0.8, 1.6, 3.2])) if asked[2] < 0.3 else None,
                    part_size_mm=tuple(random.choice([50.0, 120.0, 300.0, 700.0], 3).tolist())
                    if asked[3] < 0.4
                    else None,
                    part_mass_kg=float(random.choice([0.5, 2.0, 20.0, 80.0])) if asked[4] < 0.3 else None,
                )
                for place, process in enumerate(processes)
            ),
            quantity=Quantity(float(random.choice([500.0, 2000.0, 5000.0, 20000.0])), "u0") if asked[5] < 0.8 else None,
            lead_time_days=float(random.choice([15, 20, 30, 45, 60])) if asked[6] < 0.7 else None,
            moq=float(random.choice([100, 500])) if asked[7] < 0.2 else None,
            certifications=tuple(
                f"s{each}" for each in random.choice(STANDARDS, 1 + int(asked[8] < 0.3), replace=False)
            )
            if asked[8] < 0.6
            else (),
            languages=(f"l{random.integers(LANGUAGES)}",) if asked[9] < 0.3 else (),
            criteria={
                key: CriterionSetting("must" if random.random() < 0.6 else "should", min_level=int(random.choice(3)))
                for key in ("tolerance", "part_size", "capacity", "lead_time", "certifications", "languages")
            },
        )


# Decisions.


def _decisions() -> Iterator[Figure]:
    random = np.random.default_rng(20261126)
    for world, candidates, days in (
        ("everybody does a little", _candidates(random, firms=2_000), None),
        ("some do much", _candidates(random, firms=400), None),
        ("all steps in time", _candidates(random, firms=400), 300.0),
    ):
        question = partial(consortia, 20, candidates, Limits(most_firms=10, most_days=days))
        yield _timed(f"consortia, 20 × 200, {world}", DECISION_S, question, _told_of_consortia)
    _weights()  # a process imports what solves them once
    yield _timed(
        "weights of 15 criteria, three methods", DECISION_S, _weights, lambda found: f"{found:.3f} in the first"
    )
    matrix, shares = random.random((200, 16)).tolist(), [1.0] * 16
    _opinions(matrix[:3], shares)  # a process imports the methods once
    yield _timed("second opinion, 200 × 16, three methods", DECISION_S, partial(_opinions, matrix, shares), str)


def _candidates(random: np.random.Generator, *, firms: int) -> list[Candidate]:
    return [
        Candidate(
            operation, f"f{firm:05d}", float(random.random()), days=float(random.integers(5, 40)), is_core=firm % 3 > 0
        )
        for operation in range(20)
        for firm in random.choice(firms, 200, replace=False).tolist()
    ]


def _told_of_consortia(found: Any) -> str:
    sizes = [len(each.firms) for each in found.found]
    return f"sets of {sizes}, proved: {found.is_proved}, at least {found.fewest_firms}"


def _weights() -> float:
    keys = [f"k{number}" for number in range(15)]
    order = rank_order_weights([[key] for key in keys])
    pairs = {
        (one, other): 1.0 + (place + 1) / 2 for one, other in combinations(keys, 2) for place in (keys.index(one),)
    }
    pairwise_weights(keys, pairs)
    scale = {key: 1.0 + 8 * place / 14 for place, key in enumerate(keys)}
    best_worst_weights(keys[0], keys[-1], scale, {key: 10.0 - value for key, value in scale.items()})
    return order[keys[0]]


def _opinions(matrix: list[list[float]], shares: list[float]) -> list[str]:
    directions = [1] * len(shares)
    found = (
        topsis(matrix, shares, directions, normalisation="vector"),
        vikor(matrix, shares, directions),
        promethee(matrix, shares, directions, indifference=0.05, preference=0.3),
    )
    return [f"{each.method} {each.ranks[:3]}" for each in found]


# Plans of upgrades.


def _plans() -> Iterator[Figure]:
    plan_upgrades(upgrades(3), 10**9, aim=SHARE)  # a process imports the solver once
    for firms in (400, 2_000):
        offered = upgrades(firms)
        for aim, part in product(AIMS, (0.1, 0.4)):
            question = partial(plan_upgrades, offered, budget_for(offered, part), aim=aim)
            case = f"upgrades, {firms:,} firms, {aim}, budget for {part:.0%}"
            figure = _timed(case, PLAN_S[firms], question, _told_of_plan)
            yield replace(figure, is_proved=figure.result.endswith(PROVED))


def _told_of_plan(plan: UpgradePlan) -> str:
    return f"gains {plan.gained}, at most {plan.bound}, {PROVED if plan.gap == 0 else f'gap {plan.gap}'}"


if __name__ == "__main__":
    sys.exit(main())
