"""`python -m matchmaking.decisions EXAMPLES.json` compares worked examples with what the methods make of them."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matchmaking.decisions.examples import differences, found_by

DIFFERENT, BAD_INPUT = 1, 2


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0, 1 where something differs, or 2 with one line on standard error where the input is bad."""
    if len(arguments) != 1:
        return _refuse("usage: python -m matchmaking.decisions EXAMPLES.json")
    try:
        examples = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return _refuse(f"{arguments[0]!a} cannot be read: {getattr(error, 'strerror', None) or error}")
    if not isinstance(examples, list):
        return _refuse("a list of examples is needed")
    same = 0
    for place, example in enumerate(examples, start=1):
        try:
            same += _told(str(example.get("id", place)), example)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return _refuse(f"example {place}: {type(error).__name__}: {error}")
    _say(f"examples {len(examples)}  same {same}")
    return 0 if same == len(examples) else DIFFERENT


def _told(name: str, example: dict[str, Any]) -> bool:
    """Say what came of one; what was found where nothing is expected."""
    found = found_by(example)
    wrong = differences(example, found)
    _say(f"{'differs' if wrong else 'same'}  {name}")
    for key, (expected, instead) in wrong.items():
        _say(f"  {key}: {expected} is expected, {instead} was found")
    if "expected" not in example:
        _say(f"  {json.dumps(found)}")
    return not wrong


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _refuse(problem: str) -> int:
    sys.stderr.write(f"{problem}\n")
    return BAD_INPUT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
