"""The engine's scoring written as one SQL statement, for PostgreSQL and DuckDB alike: the peers of `match_engine`.

It covers the criteria that the cases ask (process, material, tolerance, roughness, capacity, moq, lead time,
certifications, distance), with intervals, evidence, gates and the choice of rows, and gives the first lines with the
counts of each eligibility. Tables are as kind to the peers as they can be: numbers for codes, one word of bits for a
row's materials, rows in the order of processes, an index wherever one is of use.
"""

import enum
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import ROLE_SHARES, Columns, FigureColumn, direction
from matchmaking.engine.confidence import HALF_LIFE_DAYS, LEVEL_WEIGHTS
from matchmaking.engine.criteria import EARTH_RADIUS_KM
from matchmaking.engine.model import ActiveCriterion, Operation, Requirement, Taxonomy
from matchmaking.engine.ranking import ELIGIBILITIES

FIGURES = ("tolerance_mm", "roughness_um", "monthly_capacity", "utilisation_pct", "lead_time_days", "moq")
OWN = frozenset({"lead_time", "distance", "certifications"})
INDEXES = (
    "CREATE INDEX ON capabilities (process)",
    "CREATE INDEX ON certificates (standard)",
    "CREATE UNIQUE INDEX ON suppliers (id)",
    "CREATE UNIQUE INDEX ON sites (id)",
)
Table = dict[str, npt.NDArray[Any]]


def tables(columns: Columns) -> dict[str, Table]:
    """The figures of the columns as tables, by name and column; NaN where there is none."""
    certificates = columns.certificates
    return {
        "suppliers": {
            "id": np.arange(len(certificates.section_level), dtype=np.int32),
            "section_level": certificates.section_level.astype(np.int16),
        },
        "sites": {
            "id": np.arange(len(columns.site_direction), dtype=np.int32),
            **{axis: columns.site_direction[:, place] for place, axis in enumerate("xyz")},
        },
        "certificates": {
            "supplier": certificates.owner,
            "standard": certificates.standard.astype(np.int16),
            "starts_on": certificates.starts_on,
            "expires_on": certificates.expires_on,
            "level": certificates.level.astype(np.int16),
        },
        "capabilities": _capabilities(columns),
    }


def _capabilities(columns: Columns) -> Table:
    table: Table = {
        "id": columns.row_rank,
        "supplier": columns.row_supplier,
        "site": columns.row_site,
        "process": columns.row_process_code.astype(np.int16),
        "role_share": ROLE_SHARES[columns.row_role],
        "unit": columns.row_unit.astype(np.int16),
        "materials": _bits(columns),
    }
    graded = {"process": columns.row_process_grade, "materials": columns.row_materials_grade}
    for name in FIGURES:
        figure: FigureColumn = getattr(columns, name)
        table[name] = figure.value
        graded[name] = figure.grade
    level = columns.grades.level.astype(np.int16)
    day = np.where(level < 0, columns.grades.observed[level >= 0].max(), columns.grades.observed).astype(np.int32)
    for name, grade in graded.items():
        table |= {
            f"{name}_level": level[grade],
            f"{name}_on": day[grade],
        }  # of what is unknown any day that can be told
    return table


def _bits(columns: Columns) -> npt.NDArray[np.int64]:
    bits = np.zeros(len(columns.row_supplier), dtype=np.int64)
    owner, code = columns.row_materials.gather(np.arange(len(bits)))
    np.bitwise_or.at(bits, owner, np.left_shift(1, code.astype(np.int64)))
    return bits


class Dialect(enum.Enum):
    """Whose SQL; each has a way of its own to take the first row of each supplier that is faster there."""

    POSTGRESQL = "PostgreSQL"
    DUCKDB = "DuckDB"


class Statement:
    """The statement that ranks suppliers for a requirement."""

    def __init__(
        self, requirement: Requirement, columns: Columns, taxonomy: Taxonomy, today: int, dialect: Dialect
    ) -> None:
        self.dialect = dialect
        self.requirement, self.columns, self.taxonomy, self.today = requirement, columns, taxonomy, today
        self.criteria = requirement.active_criteria()
        self.operations = [f"o{number}" for number in range(len(requirement.operations))]

    def sql(self, top: int) -> str:
        """One row for each of the first lines: supplier, eligibility, score, potential, and three counts."""
        chosen = ", ".join(
            f"{name} AS ({self._chosen(operation)})"
            for name, operation in zip(self.operations, self.requirement.operations, strict=True)
        )
        counts = ", ".join(
            f"count(*) FILTER (WHERE eligibility = {number}) AS {name}" for number, name in enumerate(ELIGIBILITIES)
        )
        return f"""
WITH {chosen}, held AS ({self._held()}), told AS ({self._told()}), judged AS ({self._judged()}),
scored AS (
  SELECT supplier, {_worst(self.criteria, "gate")} AS eligibility,
         ({_mean(self.criteria, "low")}) AS score, ({_mean(self.criteria, "high")}) AS potential
  FROM judged
)
SELECT supplier, eligibility, score, potential, eligible, unconfirmed, near_miss
FROM scored CROSS JOIN (SELECT {counts} FROM scored) AS counted
ORDER BY eligibility, round(score * 1e6) DESC, round(potential * 1e6) DESC, supplier LIMIT {top}"""

    def _chosen(self, operation: Operation) -> str:
        """Each supplier's row for an operation: fewest gates in doubt, then the best score, then the lowest id."""
        asked = {key: self.criteria[key] for key in self._answers(operation) if key in self.criteria}
        in_doubt = " + ".join(f"least({key}_gate, 1)" for key in asked)
        order = f"supplier, {in_doubt}, round(({_mean(asked, 'low')}) * 1e9) DESC, id"
        which, then = {
            Dialect.POSTGRESQL: ("DISTINCT ON (supplier) *", f"ORDER BY {order}"),
            Dialect.DUCKDB: ("*", f"QUALIFY row_number() OVER (PARTITION BY supplier ORDER BY {order}) = 1"),
        }[self.dialect]
        return f"""
  SELECT {which} FROM (
    SELECT supplier, id, site, lead_time_days, lead_time_c, {self._judgements(asked)}
    FROM (SELECT supplier, id, site, fit, lead_time_days,
                 {self._trust("lead_time_days", "lead_time")} AS lead_time_c, {self._values(operation, asked)}
          FROM capabilities JOIN (VALUES {self._related(operation)}) AS related (process, fit) USING (process)) valued
  ) AS judged_rows {then}"""

    def _answers(self, operation: Operation) -> Mapping[str, tuple[str, str]]:
        """Value and confidence of the criteria per operation."""
        quantity, moq = self.requirement.quantity, self.requirement.moq
        answers = {"process": ("fit * role_share", self._trust("process", "process"))}
        if operation.materials:
            answers["material"] = self._material(operation.materials)
        if operation.tolerance_mm:
            answers["tolerance"] = self._figure("tolerance_mm", operation.tolerance_mm, "tolerance")
        if operation.roughness_um:
            answers["roughness"] = self._figure("roughness_um", operation.roughness_um, "roughness")
        if quantity:
            given, used = (self._trust(name, "capacity") for name in ("monthly_capacity", "utilisation_pct"))
            free = f"monthly_capacity * (1 - utilisation_pct / 100) / {_number(quantity.value)}"
            unit = self.columns.units.number(quantity.unit)
            answers["capacity"] = f"CASE WHEN unit = {unit} THEN {_clip(free)} END", f"least({given}, {used})"
        if moq:
            answers["moq"] = self._figure("moq", moq, "moq")
        return answers

    def _material(self, required: Sequence[str]) -> tuple[str, str]:
        numbers = sorted(self.columns.materials.number(code) for code in set(required))
        found = " + ".join(f"((materials >> {number}) & 1)" for number in numbers)
        value = f"CASE WHEN materials_level >= 0 THEN ({found}) / {_number(len(numbers))} END"
        return value, self._trust("materials", "material")

    def _figure(self, column: str, target: float, key: str) -> tuple[str, str]:
        return _clip(f"2 - {column} / {_number(target)}"), self._trust(column, key)

    def _trust(self, column: str, key: str) -> str:
        age = f"({self.today} - {column}_on) / {_number(HALF_LIFE_DAYS[key])}"
        return f"({_level_weight(f'{column}_level')} * power({_number(2)}, -{age}))"

    def _values(self, operation: Operation, asked: Mapping[str, ActiveCriterion]) -> str:
        answers = self._answers(operation)
        return ", ".join(f"{answers[key][0]} AS {key}_v, {answers[key][1]} AS {key}_c" for key in asked)

    def _related(self, operation: Operation) -> str:
        relations = self.taxonomy.process_tree.relations(operation.process)
        numbers = {self.columns.processes.number(code): fit for code, fit in relations.items()}
        return ", ".join(
            f"(CAST({number} AS smallint), {_number(fit)})" for number, fit in numbers.items() if number >= 0
        )

    def _judgements(self, asked: Mapping[str, ActiveCriterion]) -> str:
        return ", ".join(_judgement(key, criterion) for key, criterion in asked.items())

    def _held(self) -> str:
        """The best level at which suppliers prove the asked standard on the day."""
        (standard,) = self.requirement.certifications
        proving = self.columns.standards.find(self.taxonomy.proving(standard))
        numbers = ", ".join(str(number) for number in sorted(proving))
        return f"""SELECT supplier, max(level) AS level FROM certificates
  WHERE standard IN ({numbers}) AND starts_on <= {self.today} AND expires_on >= {self.today} GROUP BY supplier"""

    def _told(self) -> str:
        """Everybody listed, with the rows that were chosen and what the supplier's own criteria say."""
        plant = self.requirement.plant
        here = direction(plant.lat, plant.lon)
        first, *others = self.operations
        joined = first + "".join(f" FULL JOIN {name} USING (supplier)" for name in others)
        sites = "".join(f" LEFT JOIN sites AS {name}_site ON {name}_site.id = {name}.site" for name in self.operations)
        chords = ", ".join(
            "sqrt("
            + " + ".join(
                f"power({name}_site.{axis} - {_number(at)}, {_number(2)})" for axis, at in zip("xyz", here, strict=True)
            )
            + ")"
            for name in self.operations
        )
        nearest = f"least({chords})" if others else chords
        km = f"{_number(2 * EARTH_RADIUS_KM)} * asin(least({nearest} / 2, 1))"
        near, far = self.requirement.near_km, self.requirement.far_km
        days = " + ".join(f"{name}.lead_time_days" for name in self.operations)
        least = ", ".join(f"{name}.lead_time_c" for name in self.operations)
        parts = ", ".join(self._part_means())
        return f"""
  SELECT supplier, {parts},
         {_clip(f"2 - ({days}) / {_number(self.requirement.lead_time_days or 1)}")} AS lead_time_v,
         {f"least({least})" if others else least} AS lead_time_c,
         {_clip(f"({_number(far)} - {km}) / {_number(far - near)}")} AS distance_v, {_number(1)} AS distance_c,
         CASE WHEN section_level < 0 THEN NULL WHEN held.level IS NULL THEN {_number(0)} ELSE {_number(1)} END
           AS certifications_v,
         {_level_weight("coalesce(held.level, section_level)")} AS certifications_c
  FROM {joined} JOIN suppliers ON suppliers.id = supplier{sites} LEFT JOIN held USING (supplier)"""

    def _part_means(self) -> list[str]:
        """Low, high and gate of the criteria per operation: means over the operations, the worst gate."""
        means = []
        for key in self.criteria:
            asking = [
                name
                for name, operation in zip(self.operations, self.requirement.operations, strict=True)
                if key in self._answers(operation)
            ]
            if not asking:
                continue
            for end in ("low", "high"):
                summed = " + ".join(f"coalesce({name}.{key}_{end}, 0)" for name in asking)
                means.append(f"({summed}) / {_number(len(asking))} AS {key}_{end}")
            absent = 2 if key == "process" else 0
            gates = [f"coalesce({name}.{key}_gate, {absent})" for name in asking]
            means.append(f"{_greatest(gates)} AS {key}_gate")
        return means

    def _judged(self) -> str:
        own = {key: criterion for key, criterion in self.criteria.items() if key in OWN}
        return f"SELECT *, {self._judgements(own)} FROM told"


def _judgement(key: str, criterion: ActiveCriterion) -> str:
    """Low, high and the state of the gate, of a value and a confidence."""
    value, confidence = f"{key}_v", f"{key}_c"
    gate = "0"
    if key == "process":
        gate = f"CASE WHEN fit = 0.5 OR {confidence} < 0.25 THEN 1 ELSE 0 END"
    elif criterion.is_gate:
        doubtful = f"WHEN {confidence} < 0.25 THEN 1"
        gate = f"CASE WHEN {value} IS NULL THEN 1 WHEN {value} < 1 - 1e-9 THEN 2 {doubtful} ELSE 0 END"
    return f"""coalesce({confidence} * {value}, 0) AS {key}_low,
           coalesce({confidence} * {value} + 1 - {confidence}, 1) AS {key}_high, {gate} AS {key}_gate"""


def _mean(criteria: Mapping[str, ActiveCriterion], end: str) -> str:
    weights = sum(criterion.weight for criterion in criteria.values())
    summed = " + ".join(f"{_number(criterion.weight)} * {key}_{end}" for key, criterion in criteria.items())
    return f"({summed}) / {_number(weights)}"


def _worst(criteria: Mapping[str, ActiveCriterion], suffix: str) -> str:
    return _greatest([f"{key}_{suffix}" for key in criteria])


def _greatest(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"greatest({', '.join(terms)})"


def _level_weight(level: str) -> str:
    cases = " ".join(f"WHEN {each} THEN {_number(weight)}" for each, weight in enumerate(LEVEL_WEIGHTS.tolist()))
    return f"CASE {level} {cases} END"


def _number(value: float) -> str:
    """A double: a bare decimal would be counted with as one, digit by digit."""
    return f"'{float(value)!r}'::float8"


def _clip(term: str) -> str:
    """Between 0 and 1; of nothing, nothing, which least and greatest would not say."""
    return f"CASE WHEN ({term}) > 1 THEN 1 WHEN ({term}) < 0 THEN 0 ELSE ({term}) END"
