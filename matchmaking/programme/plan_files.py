"""A plan of upgrades as files, from its document alone: a workbook, and each of its tables as csv."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl.chart import BarChart, Reference

from matchmaking.models.upgrade_scenario import AIMS
from matchmaking.programme.plan_document import in_language
from matchmaking.programme.sheets import Line, Sheet, book_of, csv_of_lines, downloaded, saved
from matchmaking.programme.shown import name_of, quarter_name

Document = Mapping[str, Any]
UPGRADES, FORECAST, SUMMARY = "upgrades", "forecast", "summary"
CSV_TABLES: Final = (UPGRADES, FORECAST, SUMMARY)


def workbook_of(document: Document, *, title: str, language: str) -> StreamingHttpResponse:
    """The workbook in a language, to be downloaded."""
    with override(language):
        sheets = sheets_of(document, title, language)
        book = book_of(sheets[name] for name in (SUMMARY, UPGRADES, FORECAST))
        _draw_shares(book.worksheets[2])
        content = saved(book)
    return downloaded(content, title, "xlsx", language)


def csv_of(document: Document, table: str, *, title: str, language: str) -> StreamingHttpResponse:
    """One table in a language, to be downloaded.

    Args:
        table: of `CSV_TABLES`.
    """
    with override(language):
        content = csv_of_lines(sheets_of(document, title, language)[table].lines)
    return downloaded(content, f"{title}-{table}", "csv", language)


def sheets_of(document: Document, title: str, language: str) -> dict[str, Sheet]:
    """By name of the table, in the language that is active."""
    return {
        SUMMARY: Sheet(_("Summary"), _summary(document, title, language)),
        UPGRADES: Sheet(_("Firms"), _upgrades(document)),
        FORECAST: Sheet(_("Share by quarter"), _forecast(document)),
    }


def _summary(document: Document, title: str, language: str) -> list[Line]:
    costs: list[Line] = [
        [_("Cost of one firm, VND: %(standard)s") % {"standard": each["standard"]}, int(each["cost_vnd"])]
        for each in document["costs"]
    ]
    plan = in_language(document, language)
    reached = plan["goal_reached_in"]
    return [
        [_("Plan of upgrades"), title],
        [_("Figures of"), date.fromisoformat(document["day"])],
        [_("Budget, VND"), int(document["budget_vnd"])],
        [_("Aim"), str(dict(AIMS)[document["aim"]])],
        *costs,
        [_("At most so many firms"), document["most_firms"]],
        [_("Only firms with a site in"), name_of(plan["province"]) if plan["province"] else None],
        [_("Only firms of the sector"), name_of(plan["sector"]) if plan["sector"] else None],
        [_("Certificates are there from"), date.fromisoformat(document["ready_on"])],
        [_("Firms planned"), len(document["upgrades"])],
        [_("Cost, VND"), int(document["cost_vnd"])],
        [_("Firms that come to international standard"), document["firms"]],
        [_("Requirements that get an eligible supplier"), document["requirements"]],
        [_("Gained"), document["gained"]],
        [_("No plan gains more than"), document["bound"]],
        [_("Gap to the optimum"), document["gap"]],
        [_("Goal: share, %"), document["goal_share_pct"]],
        [_("Goal reached at the end of"), quarter_name(reached) if reached else _("not within the quarters shown")],
        *([_("Explanation"), sentence] for sentence in plan["explanation"]),
    ]


def _upgrades(document: Document) -> list[Line]:
    header: Line = [
        _("Id"),
        _("Firm"),
        _("Standard"),
        _("Cost, VND"),
        _("Comes to international standard"),
        _("Requirements unlocked"),
        _("Ids of the requirements"),
    ]
    return [
        header,
        *(
            [
                each["supplier"],
                each["legal_name"],
                each["standard"],
                int(each["cost_vnd"]),
                _("yes") if each["is_international"] else _("no"),
                len(each["unlocks"]),
                "; ".join(each["unlocks"]),
            ]
            for each in document["upgrades"]
        ),
    ]


def _forecast(document: Document) -> list[Line]:
    header: Line = [
        _("Quarter"),
        _("Last day"),
        _("Firms at standard without the plan"),
        _("Share without the plan, %"),
        _("Firms at standard with the plan"),
        _("Share with the plan, %"),
        _("Goal: share, %"),
    ]
    return [
        header,
        *(
            [
                quarter_name(each["quarter"]),
                date.fromisoformat(each["last_day"]),
                each["international"],
                each["share_pct"],
                each["international_with_plan"],
                each["share_pct_with_plan"],
                document["goal_share_pct"],
            ]
            for each in document["forecast"]
        ),
    ]


def _draw_shares(sheet: Any) -> None:
    """The share after each quarter without and with the plan, below its figures."""
    chart = BarChart()
    chart.title = _("Share at international standard after each quarter, if no certificate is renewed")
    last = sheet.max_row
    for column in (4, 6):
        chart.add_data(Reference(sheet, min_col=column, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
    sheet.add_chart(chart, f"A{last + 2}")
