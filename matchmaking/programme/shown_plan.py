"""Plans of upgrades as pages show them: in one language, with a chart, and with links to firms and requirements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from buyers.models import Requirement
from matchmaking.models.upgrade_scenario import AIMS
from matchmaking.programme.charts import Columns, share_columns
from matchmaking.programme.plan_document import in_language
from matchmaking.programme.shown import name_of, quarter_name
from suppliers.models import Supplier

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Link:
    """`address` is empty of what is no longer there; `note` says what has become of it since."""

    name: str
    address: str = ""
    note: str | Promise = ""


@dataclass(frozen=True)
class PlannedFirm:
    supplier: str
    firm: Link
    standard: str
    cost: str
    is_international: bool
    unlocks: Sequence[Link]


@dataclass(frozen=True)
class QuarterRow:
    name: str
    without: int
    share_without: float | None
    with_plan: int
    share_with_plan: float | None


class ShownPlan:
    """The document of one plan. Firms and requirements are looked up as they are now, in two queries."""

    def __init__(self, document: Document, *, title: str = "") -> None:
        self.document, self.title = in_language(document, get_language()), title

    @property
    def day(self) -> date:
        return date.fromisoformat(self.document["day"])

    @property
    def goal(self) -> int:
        goal: int = self.document["goal_share_pct"]
        return goal

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What was asked, and what came of it: label and value."""
        plan = self.document
        costs = [
            (str(_("Cost of one firm, VND: %(standard)s")) % {"standard": each["standard"]}, _money(each["cost_vnd"]))
            for each in plan["costs"]
        ]
        most = plan["most_firms"]
        return [
            (_("Budget, VND"), _money(plan["budget_vnd"])),
            (_("Aim"), str(dict(AIMS)[plan["aim"]])),
            *costs,
            (_("At most so many firms"), "–" if most is None else number_format(most, force_grouping=True)),
            (_("Only firms with a site in"), _entry(plan["province"])),
            (_("Only firms of the sector"), _entry(plan["sector"])),
            (_("Certificates are there from"), date_format(date.fromisoformat(plan["ready_on"]), "d/m/Y")),
            (_("Firms planned"), str(len(plan["upgrades"]))),
            (_("Cost, VND"), _money(plan["cost_vnd"])),
            (_("Firms that come to international standard"), str(plan["firms"])),
            (_("Requirements that get an eligible supplier"), str(plan["requirements"])),
            (_("Gap to the optimum"), str(plan["gap"])),
            (_("Goal reached at the end of"), self._reached),
        ]

    @property
    def _reached(self) -> str:
        reached = self.document["goal_reached_in"]
        return quarter_name(reached) if reached else _("not within the quarters shown")

    @property
    def explanation(self) -> Sequence[str]:
        sentences: Sequence[str] = self.document["explanation"]
        return sentences

    @cached_property
    def firms(self) -> list[PlannedFirm]:
        planned = self.document["upgrades"]
        found = {
            row.public_id: row
            for row in Supplier.objects.filter(public_id__in=[each["supplier"] for each in planned]).only(
                "public_id", "state"
            )
        }
        asked = _requirements({key for each in planned for key in each["unlocks"]})
        return [
            PlannedFirm(
                supplier=each["supplier"],
                firm=_firm(each["legal_name"], found.get(each["supplier"])),
                standard=each["standard"],
                cost=_money(each["cost_vnd"]),
                is_international=each["is_international"],
                unlocks=[asked.get(key) or Link(key) for key in each["unlocks"]],
            )
            for each in planned
        ]

    @property
    def quarters(self) -> list[QuarterRow]:
        return [
            QuarterRow(
                quarter_name(each["quarter"]),
                each["international"],
                each["share_pct"],
                each["international_with_plan"],
                each["share_pct_with_plan"],
            )
            for each in self.document["forecast"]
        ]

    @property
    def charts(self) -> tuple[Columns, Columns]:
        """Without and with the plan, on one scale."""
        rows = self.quarters
        without, with_plan = [row.share_without for row in rows], [row.share_with_plan for row in rows]
        most = max([self.goal, *(share or 0 for share in [*without, *with_plan])])
        return share_columns(rows, without, self.goal, most=most), share_columns(rows, with_plan, self.goal, most=most)


@dataclass(frozen=True)
class ComparedLine:
    label: str
    values: tuple[str, str]

    @property
    def differs(self) -> bool:
        return self.values[0] != self.values[1]


@dataclass(frozen=True)
class Comparison:
    """Two plans side by side."""

    plans: tuple[ShownPlan, ShownPlan]

    @property
    def lines(self) -> list[ComparedLine]:
        one, other = (dict(plan.lines) for plan in self.plans)
        labels = [*one, *(label for label in other if label not in one)]
        return [ComparedLine(label, (one.get(label, "–"), other.get(label, "–"))) for label in labels]

    @property
    def quarters(self) -> list[tuple[str, QuarterRow | None, QuarterRow | None]]:
        one, other = ({row.name: row for row in plan.quarters} for plan in self.plans)
        names = [*one, *(name for name in other if name not in one)]
        return [(name, one.get(name), other.get(name)) for name in names]

    @property
    def firms(self) -> list[tuple[Link, str, str]]:
        """Each firm of either plan, with the standard to which each brings it; those that differ first."""
        names, standards = dict[str, Link](), list[dict[str, str]]()
        for plan in self.plans:
            names |= {row.supplier: row.firm for row in plan.firms}
            standards.append({row.supplier: row.standard for row in plan.firms})
        one, other = standards
        rows = [(link, one.get(key, "–"), other.get(key, "–")) for key, link in names.items()]
        return sorted(rows, key=lambda row: row[1] == row[2])


def _entry(named: Mapping[str, str] | None) -> str:
    return name_of(named) if named else "–"


def _money(text: str) -> str:
    return number_format(int(text), force_grouping=True)


def _firm(name: str, row: Supplier | None) -> Link:
    if row is None:
        return Link(name, note=_("no longer in the register"))
    note = "" if row.state == Supplier.State.PUBLISHED else row.get_state_display()
    return Link(name, reverse("admin:suppliers_supplier_change", args=[row.pk]), note)


def _requirements(keys: Iterable[str]) -> dict[str, Link]:
    rows = Requirement.objects.filter(public_id__in=keys).only("public_id", "title")
    return {
        row.public_id: Link(row.title or row.public_id, reverse("admin:buyers_requirement_change", args=[row.pk]))
        for row in rows
    }
