"""Figures of the programme as pages show them: in one language, with charts, and with links to the rows behind them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from matchmaking.programme import lists
from matchmaking.programme.charts import Columns, Map, share_columns, tile_map, width_pct
from matchmaking.programme.demand import STAGES

Line = Mapping[str, Any]
STAGE_NAMES: dict[str, str | Promise] = {
    "opened": _("Opened"),
    "matched": _("Matched: a supplier is eligible"),
    "connected": _("Connected: both sides agreed to talk"),
    "contracted": _("Contracted"),
}

HAPPENED: dict[str, str | Promise] = {
    "firms_published": _("Firms published in the quarter"),
    "facts_checked": _("Facts and certificates checked in the quarter"),
    "requirements_opened": _("Requirements opened in the quarter"),
    "connections_agreed": _("Connections agreed in the quarter"),
    "contracts": _("Contracts of the quarter"),
}


@dataclass(frozen=True)
class Count:
    """A figure, and the list of the rows that it counts; where it is frozen, the rows are no longer those."""

    value: int
    address: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a table; `width` is the length of its bar in percent of the longest."""

    name: str | Promise
    counts: Sequence[Count]
    share: float | None = None
    width: int = 0
    inner_width: int = 0


class Shown:
    """One document of figures for a template. Nothing is read from the database."""

    def __init__(self, figures: Line, *, linked: bool) -> None:
        self.figures = figures
        self.linked = linked
        self.goals = figures["goals"]

    @property
    def day(self) -> date:
        return date.fromisoformat(self.figures["day"])

    @property
    def definition(self) -> str:
        definition = self.figures["definition"]
        return str(definition.get(f"text_{_language()}") or definition["text_en"])

    @property
    def standards(self) -> str:
        return ", ".join(self.figures["definition"]["standards"])

    @property
    def quarter_name(self) -> str:
        """Of a report."""
        return quarter_name(self.figures["quarter"]["name"])

    @property
    def happened(self) -> list[tuple[str | Promise, int]]:
        """What began within the quarter of a report."""
        quarter = self.figures["quarter"]
        return [(label, quarter[name]) for name, label in HAPPENED.items()]

    @property
    def registered(self) -> Count:
        return self._count(self.figures["firms"]["registered"], lists.registered_firms)

    @property
    def published(self) -> Count:
        return self._count(self.figures["firms"]["published"], lists.published_firms)

    @property
    def international(self) -> Count:
        return self._count(self.figures["firms"]["international"], partial(lists.firms, international="yes"))

    @property
    def share(self) -> float | None:
        share: float | None = self.figures["firms"]["share_pct"]
        return share

    @property
    def published_width(self) -> int:
        return width_pct(self.figures["firms"]["published"], self.goals["firms"])

    @property
    def sectors(self) -> list[Row]:
        return self._breakdown(self.figures["by_sector"], "sector")

    @property
    def groups(self) -> list[Row]:
        return self._breakdown(self.figures["by_process_group"], "process_group")

    @property
    def provinces(self) -> list[Row]:
        """Those with firms or requirements, with both."""
        held = [line for line in self.figures["by_province"] if line["firms"] or line["requirements"]]
        return self._breakdown(held, "province", lambda line: [self._requirements_in(line)])

    @property
    def map(self) -> Map:
        """Every province, with its firms and requirements."""
        lines = self.figures["by_province"]
        rows = [
            {
                "name": name_of(line),
                "firms": self._count(line["firms"], partial(lists.published_firms, province=line["code"])),
                "requirements": self._requirements_in(line),
            }
            for line in lines
        ]
        codes = [line["code"].partition(":")[2] for line in lines]
        return tile_map(rows, codes, [line["firms"] for line in lines])

    @property
    def expiring(self) -> list[Row]:
        return [
            Row(
                quarter_name(line["quarter"]),
                [self._count(line["certificates"], partial(_expiring, line)), Count(line["international_after"])],
                line["share_pct_after"],
            )
            for line in self.figures["expiring"]
        ]

    @property
    def expiring_chart(self) -> Columns:
        rows = self.expiring
        return share_columns(rows, [row.share for row in rows], self.goals["share_pct"])

    @property
    def funnel(self) -> list[Row]:
        funnel = self.figures["funnel"]
        return [
            Row(
                STAGE_NAMES[stage],
                [self._count(funnel[stage], partial(lists.requirements, reached=stage))],
                width=width_pct(funnel[stage], funnel["opened"]),
            )
            for stage in STAGES
        ]

    @property
    def funnel_since(self) -> date:
        return date.fromisoformat(self.figures["funnel"]["since"])

    @property
    def open_requirements(self) -> Count:
        return self._count(self.figures["requirements"]["open"], lists.open_requirements)

    @property
    def unserved(self) -> Count:
        return self._count(self.figures["requirements"]["unserved"], partial(lists.open_requirements, supply="none"))

    @property
    def not_yet_matched(self) -> Count:
        return self._count(
            self.figures["requirements"]["not_yet_matched"], partial(lists.open_requirements, supply="unknown")
        )

    @property
    def unmet_standards(self) -> list[str]:
        """Columns of the table of unmet demand, in the order of their cells."""
        return [name_of(standard) if standard else str(_("No standard")) for standard in self._standards().values()]

    @property
    def unmet(self) -> list[Row]:
        """Process groups by required standards: open requirements for which nobody is eligible."""
        cells = {(line["process_group"]["code"], _code(line["standard"])): line for line in self.figures["unmet"]}
        groups = {line["process_group"]["code"]: line["process_group"] for line in self.figures["unmet"]}
        return [
            Row(name_of(group), [self._unmet_cell(cells.get((code, standard))) for standard in self._standards()])
            for code, group in groups.items()
        ]

    def _unmet_cell(self, line: Line | None) -> Count:
        if line is None:
            return Count(0)
        asked = {"process_group": line["process_group"]["code"], "standard": _code(line["standard"])}
        return self._count(line["unserved"], partial(lists.open_requirements, supply="none", **asked))

    def _standards(self) -> dict[str, Line | None]:
        return {_code(line["standard"]): line["standard"] for line in self.figures["unmet"]}

    def _breakdown(
        self, lines: Sequence[Line], parameter: str, further: Callable[[Line], list[Count]] = lambda _line: []
    ) -> list[Row]:
        """Most firms first."""
        most = max((line["firms"] for line in lines), default=0)
        ordered = sorted(lines, key=lambda line: -line["firms"])
        return [
            Row(
                name_of(line),
                [
                    self._count(line["firms"], partial(lists.published_firms, **{parameter: line["code"]})),
                    self._count(
                        line["international"],
                        partial(lists.firms, international="yes", **{parameter: line["code"]}),
                    ),
                    *further(line),
                ],
                line["share_pct"],
                width_pct(line["firms"], most),
                width_pct(line["international"], most),
            )
            for line in ordered
        ]

    def _requirements_in(self, line: Line) -> Count:
        return self._count(line["requirements"], partial(lists.open_requirements, province=line["code"]))

    def _count(self, value: int, address: Callable[[], str]) -> Count:
        return Count(value, address() if self.linked and value else "")


def quarter_name(quarter: str) -> str:
    """In words of the reader's language, such as Q4 2026."""
    year, _q, number = quarter.partition("-Q")
    return str(_("Q%(number)s %(year)s") % {"number": number, "year": year})


def _expiring(line: Line) -> str:
    return lists.certificates(counting="yes", expires_on__gte=line["first_day"], expires_on__lte=line["last_day"])


def _code(standard: Line | None) -> str:
    return standard["code"] if standard else "none"


def name_of(line: Line) -> str:
    return str(line.get(f"name_{_language()}") or line["name_en"])


def _language() -> str:
    return (get_language() or "vi")[:2]
