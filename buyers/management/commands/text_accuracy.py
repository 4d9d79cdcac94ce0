"""Measure how much of purchasers' texts is read rightly, on examples in which people have said what they state."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from buyers.drafting.accuracy import score
from config.management.figures import write_figures
from taxonomy.vocabulary import current_vocabulary


class Command(BaseCommand):
    """Prints what is wrong, field by field, and the share that is right."""

    help = 'Read a JSON file of examples: [{"text": …, "expected": {fields of a requirement, and "place"}}].'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json")
        parser.add_argument("--json", dest="out", type=Path, metavar="OUT.json", help="write the figures there")

    def handle(self, *, file: Path, out: Path | None, **options: Any) -> None:
        vocabulary = current_vocabulary()
        scores = [score(example, vocabulary) for example in _examples(file)]
        for found in scores:
            if found.wrong:
                self.stdout.write(found.text)
            for pointer, (expected, given) in found.wrong.items():
                self.stdout.write(f"  {pointer}: {expected!r} is expected, {given!r} was read")
        right, total = sum(found.right for found in scores), sum(found.total for found in scores)
        share = round(right / total, 4) if total else 0.0
        self.stdout.write(f"examples {len(scores)}  fields {total}  right {right}  share {share:.3f}")
        if out:
            write_figures(out, {"examples": len(scores), "fields": total, "right": right, "share": share})


def _examples(path: Path) -> list[dict[str, Any]]:
    try:
        examples = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from None
    if not isinstance(examples, list) or not all(map(_is_example, examples)):
        raise CommandError(f'{path}: a list of {{"text": …, "expected": {{…}}}} is needed.')
    return examples


def _is_example(example: Any) -> bool:
    return (
        isinstance(example, dict) and isinstance(example.get("text"), str) and isinstance(example.get("expected"), dict)
    )
