"""A report as a workbook: the figures of the page as sheets, from the frozen document alone."""

from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl.chart import BarChart, Reference

from config.api.files import attachment
from config.tables.writing import MEDIA_TYPES
from matchmaking.models import ProgrammeReport
from matchmaking.programme.sheets import Line, Sheet, book_of, saved
from matchmaking.programme.shown import Row, Shown, quarter_name


def write_report(report: ProgrammeReport) -> bytes:
    """The workbook, in the language that is active."""
    book = book_of(sheets_of(report))
    _draw_shares(book.worksheets[1])
    return saved(book)


def workbook_of(report: ProgrammeReport, *, language: str) -> StreamingHttpResponse:
    """The workbook in a language, to be downloaded."""
    with override(language):
        content = write_report(report)
    name = f"programme-{report.quarter}-{report.day}-{language}.xlsx"
    return attachment([content], name=name, media_type=MEDIA_TYPES["xlsx"], length=len(content))


def sheets_of(report: ProgrammeReport) -> list[Sheet]:
    shown = Shown(report.figures, linked=False)
    firms, at_standard, share = _("Firms"), _("At standard"), _("Share, %")
    head = [firms, at_standard, share]
    stages: list[Line] = [[str(row.name), row.counts[0].value] for row in shown.funnel]
    unmet: list[Line] = [[str(row.name), *(count.value for count in row.counts)] for row in shown.unmet]
    return [
        Sheet(_("Summary"), _summary(report, shown)),
        Sheet(
            _("Expiring certificates"),
            [
                [_("Quarter"), _("Certificates that expire"), _("Firms at standard afterwards"), share],
                *map(_line, shown.expiring),
            ],
        ),
        Sheet(_("By sector"), [[_("Sector"), *head], *map(_line, shown.sectors)]),
        Sheet(_("By process group"), [[_("Process group"), *head], *map(_line, shown.groups)]),
        Sheet(
            _("By province"),
            [[_("Province"), firms, at_standard, _("Requirements"), share], *map(_line, shown.provinces)],
        ),
        Sheet(
            _("Requirements"),
            [[_("Stage"), _("Requirements")], *stages],
        ),
        Sheet(_("Demand without supply"), [[_("Process group"), *shown.unmet_standards], *unmet]),
    ]


def _summary(report: ProgrammeReport, shown: Shown) -> list[Line]:
    happened: list[Line] = [[str(label), value] for label, value in shown.happened]
    return [
        [_("Programme report"), quarter_name(report.quarter)],
        [_("Figures of"), f"{report.day:%d/%m/%Y}"],
        *happened,
        [_("Firms registered"), shown.registered.value],
        [_("Firms published"), shown.published.value],
        [_("Goal: firms"), shown.goals["firms"]],
        [_("At international standard"), shown.international.value],
        [_("Share at international standard, %"), shown.share],
        [_("Goal: share, %"), shown.goals["share_pct"]],
        [_("Open requirements"), shown.open_requirements.value],
        [_("Open requirements for which nobody is eligible"), shown.unserved.value],
        [_("Definition"), shown.definition],
        [_("Standards that count"), shown.standards],
        [_("Hash of the figures (SHA-256)"), report.sha256],
    ]


def _line(row: Row) -> Line:
    return [str(row.name), *(count.value for count in row.counts), row.share]


def _draw_shares(sheet: Any) -> None:
    """The share after each quarter, beside its figures."""
    chart = BarChart()
    chart.title = _("Share at international standard after each quarter, if no certificate is renewed")
    chart.legend = None
    last = sheet.max_row
    chart.add_data(Reference(sheet, min_col=4, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    sheet.add_chart(chart, "F2")
