"""Load the shipped vocabulary."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from taxonomy import services
from taxonomy.loading.files import BadFileError
from taxonomy.loading.writing import Count


class Command(BaseCommand):
    """Bring the taxonomy to what the shipped files say. Safe to repeat."""

    help = "Load processes, materials, standards, provinces, corridors, parks, sectors and industries."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=services.SHIPPED, help="Where the CSV files lie.")
        parser.add_argument(
            "--without-parks",
            action="store_true",
            help="Leave industrial parks alone: their list dates from about 2020 and is incomplete.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = services.load_taxonomy(folder=options["folder"], parks=not options["without_parks"])
        except BadFileError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 0:
            self._tell(counts)

    def _tell(self, counts: dict[str, Count]) -> None:
        for name, count in counts.items():
            self.stdout.write(describe(name, count))
        if not any(count.created or count.updated or count.deleted for count in counts.values()):
            self.stdout.write("Nothing changed.")


def describe(name: str, count: Count) -> str:
    """One line about one table."""
    line = f"{name:22} created {count.created:5}  updated {count.updated:5}  unchanged {count.unchanged:5}"
    line += f"  deleted {count.deleted:5}" if count.deleted else ""
    return line + (f"  withdrawn: {', '.join(count.withdrawn)}" if count.withdrawn else "")
