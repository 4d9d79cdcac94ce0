"""The most that suppliers could score going by their evidence alone, whatever their figures say.

A fact adds no more to a score than it is trusted. So looking up how far facts are trusted is enough to leave out nearly
everybody, in few passes over narrow columns. Single precision does: it is a bound.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.engine.blocks import blocks_of, narrowed
from matchmaking.engine.columns import ROLE_SHARES, Bools, Columns, Ints, Rows, taken
from matchmaking.engine.criteria import trusted
from matchmaking.engine.eligibility import Gates
from matchmaking.engine.operation_gates import OperationGates, Run
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
    most = (gained_by_suppliers(gates, shares, group) + shares.rest).astype(np.float32)
    is_meant = np.zeros(len(gates.listed), dtype=np.bool_)
    is_meant[group] = True
    for operation, parts in zip(gates.operations, shares.rows, strict=True):
        runs = gates.runs_of(operation, group)
        most += _best_of_rows(_Evidence(operation, parts), runs, is_meant).take(group)
    return most


def _best_of_rows(evidence: "_Evidence", runs: Sequence[Run], is_meant: Bools) -> Coarse:
    """What each supplier that is meant could gain with one of its rows."""
    best = np.zeros(len(is_meant), dtype=np.float32)
    for rows, places in runs:
        meant = np.flatnonzero(is_meant.take(places, mode="clip"))
        for block in blocks_of(slice(0, len(places)) if len(meant) >= MOSTLY * len(places) else meant):
            np.maximum.at(best, taken(places, block), evidence.gained(narrowed(rows, block)))
    return best


class _Evidence:
    """What rows could gain for an operation."""

    def __init__(self, operation: OperationGates, parts: Mapping[str, float]) -> None:
        columns = operation.question.columns
        self.role = columns.row_role
        self.certain = np.float32(sum(share for key, share in parts.items() if key not in GRADES))
        self.tables = {
            key: ((share * trusted(operation.question, key)).astype(np.float32), GRADES[key](columns))
            for key, share in parts.items()
            if key in GRADES
        }

    def gained(self, rows: Rows) -> Coarse:
        table, (grade,) = self.tables["process"]
        gained = table.take(taken(grade, rows), mode="clip")
        gained *= ROLES.take(taken(self.role, rows), mode="clip")
        gained += self.certain
        for key, (table, grades) in self.tables.items():
            if key != "process":
                gained += _least(table, [taken(grade, rows) for grade in grades])
        return gained


def _least(table: Coarse, grades: list[Ints]) -> Coarse:
    least: Coarse = np.minimum.reduce([table.take(grade, mode="clip") for grade in grades])
    return least
