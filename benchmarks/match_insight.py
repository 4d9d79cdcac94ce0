"""How long it takes to say what a ranking means: `python -m benchmarks.match_insight [--suppliers N]`

Over the made-up catalogues and cases of `benchmarks.match_engine`, on one core: whom every relaxation would let in, and
how firmly the first 200 places stand (2,000 samples). Times are medians in milliseconds.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.match_engine import CASES, SIZES, TAXONOMY
from benchmarks.synthetic import TODAY, synthetic_columns
from matchmaking.engine.leaders import leaders
from matchmaking.engine.relax import relax
from matchmaking.engine.stability import CONSIDERED, stability

RUNS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.match_insight", description="Time insight.")
    parser.add_argument("--suppliers", type=int, action="append", help="one size only (default: 1,000 to 1,000,000)")
    wishes = parser.parse_args(arguments)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{'suppliers':>10}  {'case':<17} {'near misses':>11} {'relaxations':>11} {'stability':>11}")
    for suppliers in wishes.suppliers or SIZES:
        columns = synthetic_columns(suppliers)
        for name, asked in CASES.items():
            found, relax_ms = _timed(partial(relax, asked, columns, TAXONOMY, TODAY))
            ranking = leaders(asked, columns, TAXONOMY, TODAY, top=CONSIDERED)
            weights = {key: criterion.weight for key, criterion in ranking.criteria.items()}
            _, stability_ms = _timed(partial(stability, ranking.results(CONSIDERED), weights))
            missed = found.counts["near_miss"]
            print(f"{suppliers:>10,}  {name:<17} {missed:>11,} {relax_ms:>11.1f} {stability_ms:>11.1f}", flush=True)
    return 0


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and the median of its times in milliseconds."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        found = work()
        times.append(1000.0 * (time.perf_counter() - start))
    return found, statistics.median(times)


if __name__ == "__main__":
    sys.exit(main())
