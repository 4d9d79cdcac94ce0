"""Import a list of firms from a csv or xlsx file."""

import json
import logging
import os
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Organisation
from accounts.principals import Principal
from config.errors import DomainError
from suppliers.imports.pipeline import Wishes, import_firms
from suppliers.imports.report import LeftOut, Report, Result, RowReport
from suppliers.imports.telling import MISSING

SHOWN = 20
RESULTS = {
    Result.CREATED: gettext_lazy("created"),
    Result.UPDATED: gettext_lazy("updated"),
    Result.UNCHANGED: gettext_lazy("unchanged"),
    Result.SKIPPED: gettext_lazy("skipped"),
}
OUTCOMES = {
    "unknown": gettext_lazy("unknown"),
    "ambiguous": gettext_lazy("ambiguous"),
    "superseded": gettext_lazy("superseded"),
    "invalid": gettext_lazy("invalid"),
}


class Command(BaseCommand):
    """Says for each row what became of it, and lists every word that was not understood."""

    help = "Import firms from a csv or xlsx file, on behalf of an officer of the agency."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the officer who enters the list")
        parser.add_argument("--source", help="name of the list; the file's name unless given")
        parser.add_argument("--map", nargs="*", default=[], type=_pair, metavar="HEADING=FIELD", help="or HEADING=-")
        parser.add_argument(
            "--decide",
            nargs="*",
            default=[],
            type=_decision,
            metavar="ROW=FIRM",
            help="which known firm a row is, by its id, or ROW=new",
        )
        parser.add_argument("--country", default="VN", help="of rows that do not say, ISO 3166-1 alpha-2")
        parser.add_argument("--observed-on", type=date.fromisoformat, help="the day for which the list holds")
        parser.add_argument("--preview", action="store_true", help="write nothing, only say what would be done")
        parser.add_argument("--all-or-nothing", action="store_true", help="write nothing if a single row is skipped")
        parser.add_argument("--submit", action="store_true", help="put the firms into the review queue")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE)
        parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the whole report there")

    def handle(self, *, language: str, **options: Any) -> None:
        logging.disable(logging.INFO)  # the report says what happened, row by row
        try:
            with translation.override(language):
                self._import(**options)
        finally:
            logging.disable(logging.NOTSET)

    def _import(self, *, file: Path, by: str, **options: Any) -> None:
        wishes = Wishes(
            source=options["source"] or file.name,
            columns=dict(options["map"]),
            country=options["country"].upper(),
            observed_on=options["observed_on"],
            keep=not options["preview"],
            all_or_nothing=options["all_or_nothing"],
            submit=options["submit"],
            decided=dict(options["decide"]),
        )
        with _opened(options["report"]) as report_file:
            try:
                report = import_firms(file, wishes, by=_officer(by))
            except DomainError as error:
                raise CommandError(str(error.detail)) from None
            json.dump(report.as_dict(), report_file, ensure_ascii=False, indent=2)
        self._tell(report)
        if wishes.keep and not report.applied:
            raise CommandError(_("Nothing was written, because rows were skipped and --all-or-nothing was given."))

    def _tell(self, report: Report) -> None:
        say = self.stdout.write
        say(_("Columns: %s") % ", ".join(f"{heading} → {name}" for heading, name in report.columns.items()))
        if report.columns_left_out:
            say(_("Columns left out: %s") % ", ".join(report.columns_left_out))
        self._tell_of_rows([row for row in report.rows if row.result == Result.SKIPPED])
        self._tell_of_words(report.left_out())
        if not report.applied:
            say(_("Nothing was written. What would become of the rows:"))
        say(", ".join(f"{report.count()[result]} {name}" for result, name in RESULTS.items()))

    def _tell_of_rows(self, skipped: list[RowReport]) -> None:
        for row in skipped[:SHOWN]:
            for problem in row.problems:
                where = _("Row %(row)s") % {"row": row.number}
                where += _(", column “%(column)s”") % {"column": problem.column} if problem.column else ""
                self.stdout.write(_("%(where)s: skipped, %(reason)s") % {"where": where, "reason": problem.reason})
        if len(skipped) > SHOWN:
            self.stdout.write(_("… and %(more)s more rows skipped; see --report") % {"more": len(skipped) - SHOWN})

    def _tell_of_words(self, left_out: list[tuple[LeftOut, int]]) -> None:
        for item, rows in left_out[:SHOWN]:
            self.stdout.write(_told(item, rows))
        if len(left_out) > SHOWN:
            self.stdout.write(_("… and %(more)s more words left out; see --report") % {"more": len(left_out) - SHOWN})


def _told(item: LeftOut, rows: int) -> str:
    if item.outcome == "missing":
        lacking = {"rows": rows, "lacking": MISSING[item.text]}
        return _("%(rows)s firms stay drafts, because a review needs %(lacking)s") % lacking
    if item.outcome == "corrected":
        return _("Read “%(text)s” as %(meaning)s: a leading zero was lost") % {
            "text": item.text,
            "meaning": item.could_be[0],
        }
    meanings = _(" (could be %s)") % ", ".join(item.could_be) if item.could_be else ""
    return _("Left out: %(column)s “%(text)s” is %(outcome)s%(meanings)s; rows: %(rows)s") % {
        **vars(item),
        "outcome": OUTCOMES[item.outcome],
        "meanings": meanings,
        "rows": rows,
    }


def _opened(path: Path | None) -> TextIO:
    """The file for the report, opened before anything is written elsewhere."""
    try:
        return (path or Path(os.devnull)).open("w", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def _pair(text: str) -> tuple[str, str]:
    heading, separator, name = text.rpartition("=")
    if not separator:
        raise ArgumentTypeError("write HEADING=FIELD")
    return heading, name


def _decision(text: str) -> tuple[int, str]:
    row, separator, firm = text.partition("=")
    if not (separator and firm and row.isascii() and row.isdigit()):
        raise ArgumentTypeError("write ROW=FIRM or ROW=new")
    return int(row), firm


def _officer(email: str) -> Principal:
    """The person, acting for the agency."""
    memberships = Membership.objects.filter(organisation__kind=Organisation.Kind.AGENCY, user__is_active=True)
    membership = memberships.select_related("user", "organisation").filter(user__email=email.lower()).first()
    if membership is None:
        raise CommandError(_("%(email)s is no officer of the agency.") % {"email": email})
    return Principal.of_member(membership)
