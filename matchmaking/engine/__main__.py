"""`python -m matchmaking.engine FACTS.json` prints the ranking of a facts file as JSON."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from matchmaking.engine.errors import FactsError
from matchmaking.engine.replay import replay

BAD_INPUT = 2


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0, or 2 with one line on standard error where the input is bad."""
    if len(arguments) != 1:
        return _refuse("usage: python -m matchmaking.engine FACTS.json")
    try:
        source = Path(arguments[0]).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        return _refuse(f"{arguments[0]!a} cannot be read: {getattr(error, 'strerror', None) or error}")
    try:
        ranking = replay(source)
    except FactsError as error:
        return _refuse(str(error))
    text = json.dumps(ranking, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.buffer.write(text.encode("utf-8") + b"\n")
    return 0


def _refuse(problem: str) -> int:
    print(problem, file=sys.stderr)
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
