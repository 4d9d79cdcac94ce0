"""Second opinions as pages and files show them: orders side by side, in one language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers.models import Criterion
from matchmaking.programme.charts import RankLines, rank_lines
from matchmaking.programme.shown_plan import Link
from matchmaking.services.second_opinions import proposal_of
from suppliers.models import Supplier

METHODS = {"topsis": "TOPSIS", "vikor": "VIKOR", "promethee_ii": "PROMETHEE II"}
NORMALISATIONS = {
    "vector": gettext_lazy("vector: each column divided by its length"),
    "minmax": gettext_lazy("minmax: each column from its least to its largest"),
    "max": gettext_lazy("max: each column divided by its largest"),
    "linear": gettext_lazy("linear: shortfalls as shares of each column's width"),
    "none": gettext_lazy("none: differences in the column's own unit"),
}
ELIGIBILITIES = {
    "eligible": gettext_lazy("eligible"),
    "unconfirmed": gettext_lazy("not confirmed"),
    "near_miss": gettext_lazy("nearly"),
}
PARAMETERS = {
    "v": gettext_lazy("weight of the sum of regrets"),
    "function": gettext_lazy("preference function"),
    "indifference": gettext_lazy("indifferent up to"),
    "preference": gettext_lazy("full preference from"),
}
MOST_DRAWN = 20
"""Lines that an eye can follow."""


@dataclass(frozen=True)
class Row:
    """A supplier: its place in our order, and each method's rank and score."""

    place: int
    name: str
    supplier: Link
    eligibility: str
    score: float
    opinions: Sequence[tuple[int, float]]


@dataclass(frozen=True)
class MethodShown:
    name: str
    normalisation: str
    parameters: Sequence[tuple[str, str]]
    tau: float | None
    proposal: str
    disagreements: Sequence[str]


class ShownOpinion:
    """What `matchmaking.insight` tells of a list or a run, in the language that is active. Suppliers are looked up in
    one query."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told = told

    @cached_property
    def rows(self) -> list[Row]:
        ids = [each["supplier"] for each in self.told["results"]]
        numbers = dict(Supplier.objects.filter(public_id__in=ids).values_list("public_id", "pk"))
        return [self._row(each, numbers.get(each["supplier"])) for each in self.told["results"]]

    def _row(self, told: Mapping[str, Any], number: int | None) -> Row:
        name = self._names[told["supplier"]]
        address = "" if number is None else reverse("admin:suppliers_supplier_change", args=[number])
        return Row(
            place=told["place"],
            name=name,
            supplier=Link(name, address),
            eligibility=str(ELIGIBILITIES[told["eligibility"]]),
            score=told["score"],
            opinions=[(told["ranks"][method], told["scores"][method]) for method in METHODS],
        )

    @cached_property
    def _names(self) -> dict[str, str]:
        return {
            each["supplier"]: each["trade_name"] or each["legal_name"] or each["supplier"]
            for each in self.told["results"]
        }

    @property
    def methods(self) -> list[MethodShown]:
        return [
            MethodShown(
                name=METHODS[each["method"]],
                normalisation=str(NORMALISATIONS[each["normalisation"]]),
                parameters=[(str(PARAMETERS[name]), _figure(value)) for name, value in each["parameters"].items()],
                tau=each["kendall_tau"],
                proposal=proposal_of(each["conditions"], [self._names[key] for key in each["compromise"]]),
                disagreements=[line["sentence"] for line in each["disagreements"]],
            )
            for each in self.told["opinions"]
        ]

    @property
    def method_names(self) -> list[str]:
        return list(METHODS.values())

    @property
    def weights(self) -> list[tuple[str, float]]:
        """Criteria and their share of the whole, in percent."""
        weights: Mapping[str, float] = self.told["weights"]
        total = sum(weights.values())
        return [
            (str(Criterion.Key(key).label), 100 * weight / total if total else 0.0) for key, weight in weights.items()
        ]

    @cached_property
    def chart(self) -> RankLines:
        rows = self.rows[:MOST_DRAWN]
        ours = [[row.place for row in rows]]
        theirs = [[row.opinions[column][0] for row in rows] for column in range(len(METHODS))]
        return rank_lines([row.name for row in rows], [*ours, *theirs])

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Where each order is drawn, and whose it is."""
        return list(zip(self.chart.columns, [_("Our order"), *METHODS.values()], strict=True))

    @property
    def leaves_out(self) -> bool:
        """Whether some rows are not drawn."""
        return len(self.rows) > MOST_DRAWN


def _figure(value: Any) -> str:
    return value if isinstance(value, str) else number_format(value)
