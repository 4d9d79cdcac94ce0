"""Measure how often the importer is right, on files in which people have said what is right."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.errors import DomainError
from config.management.figures import write_figures
from suppliers.imports.accuracy import MEASURES, measure


class Command(BaseCommand):
    """Prints a table of shares from 0 to 1; with --json also writes them to a file."""

    help = "Measure duplicates, process labels and names in two languages on labelled csv files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for kind, (_, columns) in MEASURES.items():
            parser.add_argument(f"--{kind}", type=Path, metavar="FILE.csv", help=f"columns {', '.join(columns)}")
        parser.add_argument("--json", type=Path, dest="out", metavar="OUT.json", help="write the figures there")

    def handle(self, *, out: Path | None, **options: Any) -> None:
        files = {kind: options[kind] for kind in MEASURES if options[kind]}
        if not files:
            raise CommandError(f"Name at least one file: {', '.join(f'--{kind}' for kind in MEASURES)}.")
        try:
            figures = {kind: measure(kind, path) for kind, path in files.items()}
        except DomainError as error:
            raise CommandError(str(error.detail)) from None
        for kind, shares in figures.items():
            self.stdout.write(f"{kind:12}" + "  ".join(f"{name} {share:.3f}" for name, share in shares.items()))
        if out:
            write_figures(out, figures)
