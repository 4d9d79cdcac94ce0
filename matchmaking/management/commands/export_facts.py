"""Write the facts file of a requirement's ranking as it stands now."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from buyers.content import content_of
from buyers.models import Requirement
from matchmaking.services import facts_of


class Command(BaseCommand):
    help = (
        "Write all that a requirement's ranking rests on as one JSON file. For staff: it has every supplier's figures."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("requirement", help="id of the requirement, such as req_…")
        parser.add_argument("--out", type=Path, help="file to write; standard output unless given")

    def handle(self, *, requirement: str, out: Path | None, **options: Any) -> None:
        row = Requirement.objects.with_content().filter(public_id=requirement).first()
        if row is None:
            raise CommandError(f"There is no requirement {requirement}.")
        text = json.dumps(facts_of(content_of(row)), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        if out is None:
            self.stdout.write(text, ending="")
            return
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}") from error
