"""Import a list of firms from a csv or xlsx file."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Membership, Organisation
from accounts.principals import Principal
from config.errors import DomainError
from suppliers.imports.pipeline import Wishes, import_firms
from suppliers.imports.report import Report, Result

SHOWN = 20


class Command(BaseCommand):
    """Says for each row what became of it, and lists every word that was not understood."""

    help = "Import firms from a csv or xlsx file, on behalf of an officer of the agency."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the officer who enters the list")
        parser.add_argument("--source", help="name of the list; the file's name unless given")
        parser.add_argument("--map", nargs="*", default=[], type=_pair, metavar="HEADING=FIELD", help="or HEADING=-")
        parser.add_argument("--country", default="VN", help="of rows that do not say, ISO 3166-1 alpha-2")
        parser.add_argument("--observed-on", type=date.fromisoformat, help="the day for which the list holds")
        parser.add_argument("--preview", action="store_true", help="write nothing, only say what would be done")
        parser.add_argument("--all-or-nothing", action="store_true", help="write nothing if a single row is skipped")
        parser.add_argument("--submit", action="store_true", help="put the firms into the review queue")
        parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the whole report there")

    def handle(self, *, file: Path, by: str, **options: Any) -> None:
        wishes = Wishes(
            source=options["source"] or file.name,
            columns=dict(options["map"]),
            country=options["country"].upper(),
            observed_on=options["observed_on"],
            keep=not options["preview"],
            all_or_nothing=options["all_or_nothing"],
            submit=options["submit"],
        )
        try:
            report = import_firms(file, wishes, by=_officer(by))
        except DomainError as error:
            raise CommandError(str(error.detail)) from None
        if path := options["report"]:
            path.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n")
        self._tell(report, wishes)
        if wishes.keep and not report.applied:
            raise CommandError("Nothing was written, because rows were skipped and --all-or-nothing was given.")

    def _tell(self, report: Report, wishes: Wishes) -> None:
        say = self.stdout.write
        say("Columns: " + ", ".join(f"{heading} → {name}" for heading, name in report.columns.items()))
        if report.columns_left_out:
            say("Columns left out: " + ", ".join(report.columns_left_out))
        skipped = [row for row in report.rows if row.result == Result.SKIPPED]
        for row in skipped[:SHOWN]:
            for problem in row.problems:
                where = f", column {problem.column}" if problem.column else ""
                say(f"Row {row.number}{where}: skipped, {problem.detail}")
        if len(skipped) > SHOWN:
            say(f"… and {len(skipped) - SHOWN} more rows skipped; see --report")
        left_out = report.left_out()
        for item, rows in left_out[:SHOWN]:
            could_be = f" (could be {', '.join(item.could_be)})" if item.could_be else ""
            say(f"Left out: {item.column} “{item.text}” is {item.outcome}{could_be}, in {rows} rows")
        if len(left_out) > SHOWN:
            say(f"… and {len(left_out) - SHOWN} more words left out; see --report")
        done = "would be " if not report.applied else ""
        say(", ".join(f"{count} {done}{result}" for result, count in report.count().items()))


def _pair(text: str) -> tuple[str, str]:
    heading, separator, name = text.rpartition("=")
    if not separator:
        raise ArgumentTypeError("write HEADING=FIELD")
    return heading, name


def _officer(email: str) -> Principal:
    """The person, acting for the agency."""
    memberships = Membership.objects.filter(organisation__kind=Organisation.Kind.AGENCY, user__is_active=True)
    membership = memberships.select_related("user", "organisation").filter(user__email=email.lower()).first()
    if membership is None:
        raise CommandError(f"{email} is no officer of the agency.")
    return Principal.of_member(membership)
