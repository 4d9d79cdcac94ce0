"""The most that suppliers could score going by their evidence alone, whatever their figures say.

A fact adds no more to a score than it is trusted. So looking up how far facts are trusted is enough to leave out nearly
everybody, in few passes over narrow columns. Single precision does: it is a bound.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.engine.blocks import blocks_of, narrowed, size_of
from matchmaking.engine.columns import ROLE_SHARES, Columns, Ints, Rows, taken
from matchmaking.engine.criteria import fit_of_every_list, trusted
from matchmaking.engine.eligibility import Gates
from matchmaking.engine.operation_gates import OperationGates
from matchmaking.engine.reach import MOSTLY, Shares, gained_by_suppliers

Coarse: TypeAlias = npt.NDArray[np.float32]

ROUNDING: Final = 1e-5
"""More than single precision does to a score."""
ROLES: Final = ROLE_SHARES.astype(np.float32)
GRADES: Final[Mapping[str, Callable[[Columns], tuple[Ints, ...]]]] = {
    "process": lambda columns: (columns.row_process_grade,),
    "material": lambda columns: (columns.row_materials_grade,),
    "tolerance": lambda columns: (columns.tolerance_mm.grade,),
    "roughness": lambda columns: (columns.roughness_um.grade,),
    "part_size": lambda columns: (columns.envelope_mm.grade,),
    "part_mass": lambda columns: (columns.max_mass_kg.grade,),
    "capacity": lambda columns: (columns.monthly_capacity.grade, columns.utilisation_pct.grade),
    "moq": lambda columns: (columns.moq.grade,),
    "lead_time": lambda columns: (columns.lead_time_days.grade,),
}
"""Of the facts of a row that a criterion rests on."""


def promise(gates: Gates, group: Ints) -> Coarse:
    """At least the score of each supplier of a group, less `ROUNDING`."""
    shares = Shares.of(gates)
    most = gained_by_suppliers(gates, shares, group, np.float32)
    for operation, parts in zip(gates.operations, shares.rows, strict=True):
        most += _gained_by_rows(operation, parts, group)
    return most


def _gained_by_rows(operation: OperationGates, parts: Mapping[str, float], group: Ints) -> Coarse:
    """What each supplier of a group could gain with its best row."""
    evidence = _Evidence(operation, parts)
    if len(group) < MOSTLY * operation.size:
        return evidence.best_of([operation.rows_for(group)], len(group))
    return evidence.best_of(operation.runs, operation.size).take(group)


class _Evidence:
    """What rows could gain for an operation."""

    def __init__(self, operation: OperationGates, parts: Mapping[str, float]) -> None:
        question, columns = operation.question, operation.question.columns
        self.certain = np.float32(sum(share for key, share in parts.items() if key not in GRADES))
        self.tables = {
            key: ((share * trusted(question, key)).astype(np.float32), GRADES[key](columns))
            for key, share in parts.items()
            if key in GRADES
        }
        self.factors = {"process": (ROLES, columns.row_role)}
        if "material" in parts:
            fit = np.fmax(fit_of_every_list(question, operation.operation.materials)[0], 0.0)
            self.factors["material"] = (fit.astype(np.float32), columns.row_material_list)

    def best_of(self, runs: Iterable[tuple[Rows, Ints]], owners: int) -> Coarse:
        """The most that rows could gain for each owner, given with rows and the owner of each."""
        best = np.zeros(owners, dtype=np.float32)
        for rows, owner in runs:
            for block in blocks_of(slice(0, len(owner))):
                np.maximum.at(best, owner[block], self.gained(narrowed(rows, block)))
        return best

    def gained(self, rows: Rows) -> Coarse:
        gained = np.full(size_of(rows), self.certain)
        for key, (table, grades) in self.tables.items():
            part = _least(table, [taken(grade, rows) for grade in grades])
            if key in self.factors:
                factor, which = self.factors[key]
                part *= factor.take(taken(which, rows), mode="clip")
            gained += part
        return gained


def _least(table: Coarse, grades: list[Ints]) -> Coarse:
    first, *others = (table.take(grade, mode="clip") for grade in grades)
    return reduce(np.minimum, others, first)
