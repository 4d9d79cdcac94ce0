"""What each criterion of an operation asked of the rows that it takes, and what it found there."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

from matchmaking.engine.cases import MOST_KEPT, Cases, Finding, compared, free_of, gap_between, outcome, told, weakest
from matchmaking.engine.columns import ROLE_NAMES, Columns, Evidence, FigureColumn, taken
from matchmaking.engine.lists import Ints
from matchmaking.engine.model import Operation, Quantity
from matchmaking.engine.sentences import Language, Words

OfRows: TypeAlias = Callable[[Cases, Any, Ints, Sequence[bool]], list[Finding]]
"""Of cases: what an operation asks, the rows that it takes, and whether the engine found that each meets it."""


def process(cases: Cases, required: str, rows: Ints, _meets: Sequence[bool]) -> list[Finding]:
    columns, words = cases.columns, cases.words
    relations, asked = cases.taxonomy.process_tree.relations(required), words.label(required)
    names = columns.processes.names
    found = []
    for code, role, evidence in zip(
        taken(columns.row_process_code, rows).tolist(),
        taken(columns.row_role, rows).tolist(),
        cases.values.evidence(columns.row_process_grade, rows),
        strict=True,
    ):
        name = names[code]
        situation = "same" if name == required else "narrower" if relations[name] == 1 else "broader"
        found.append(_process(words.language, situation, required, asked, name, words.label(name), role, evidence))
    return found


@lru_cache(maxsize=MOST_KEPT)
def _process(
    language: Language,
    situation: str,
    required: str,
    asked: str,
    name: str,
    label: str,
    role: int,
    evidence: Evidence | None,
) -> Finding:
    """
    Args:
        asked, label: what both processes are called.
    """
    words = Words(language)
    shown = {"actual": label, "required": asked, "role": words.say(f"role.{ROLE_NAMES[role]}")}
    return Finding(required, name, None, evidence, told(words, f"process.{situation}", evidence, **shown))


def material(cases: Cases, materials: Sequence[str], rows: Ints, meets: Sequence[bool]) -> list[Finding]:
    columns, words, required = cases.columns, cases.words, sorted(set(materials))
    labels = tuple(map(words.label, required))
    unknown = Finding(required, None, None, None, cases.told("material.unknown", None, required=", ".join(labels)))
    relations = [cases.taxonomy.material_tree.relations(code) for code in required]
    lists = cases.values.lists(
        columns.materials,
        columns.material_lists,
        columns.row_materials_grade,
        rows,
        taken(columns.row_material_list, rows),
    )
    found = []
    for (declared, evidence), does in zip(lists, meets, strict=True):
        if declared is None:
            found.append(unknown)
            continue
        fit = tuple([max([related.get(one, 0.0) for one in declared]) for related in relations])
        sentence = _of_materials(words.language, labels, fit, evidence, does)
        missing = None if does else [code for code, value in zip(required, fit, strict=True) if value < 1]
        found.append(Finding(required, declared, None, evidence, sentence, missing))
    return found


@lru_cache(maxsize=MOST_KEPT)
def _of_materials(
    language: Language, labels: tuple[str, ...], fit: tuple[float, ...], evidence: Evidence | None, meets: bool
) -> str:
    """
    Args:
        labels: what the required materials are called.
        fit: how far each is answered.
    """
    words = Words(language)
    return told(
        words, f"material.{outcome(meets)}", evidence, required=", ".join(labels), gaps=_gaps(words, labels, fit)
    )


def _gaps(words: Words, labels: Sequence[str], fit: Sequence[float]) -> str:
    """Which materials are missing, and which declared too broadly."""
    return ", ".join(
        words.say(f"material.{gap}", materials=", ".join(named))
        for gap, value in (("missing", 0.0), ("broader", 0.5))
        if (named := [label for label, found in zip(labels, fit, strict=True) if found == value])
    )


def part_size(cases: Cases, sides_mm: Sequence[float], rows: Ints, meets: Sequence[bool]) -> list[Finding]:
    words, required = cases.words, sorted(sides_mm, reverse=True)
    asked = words.size(required)
    unknown = Finding(required, None, "mm", None, cases.told("part_size.unknown", None, required=asked))
    found = []
    for (envelope, evidence), does in zip(cases.values.figures(cases.columns.envelope_mm, rows), meets, strict=True):
        if envelope is None:
            found.append(unknown)
            continue
        actual = sorted(envelope, reverse=True)
        room, side = min(zip(actual, required, strict=True), key=lambda pair: pair[0] / pair[1])
        sentence = cases.told(
            f"part_size.{outcome(does)}",
            evidence,
            required=asked,
            actual=words.size(actual),
            gap=words.number(side - room),
        )
        found.append(Finding(required, actual, "mm", evidence, sentence, None if does else gap_between(side, room)))
    return found


def capacity(cases: Cases, quantity: Quantity, rows: Ints, meets: Sequence[bool]) -> list[Finding]:
    columns, values, language, required = cases.columns, cases.values, cases.words.language, quantity.value
    asked = {"required": cases.words.number(quantity.value), "unit": cases.words.label(quantity.unit)}
    unknown = Finding(quantity.value, None, quantity.unit, None, cases.told("capacity.unknown", None, **asked))
    return [
        unknown
        if of_given is None or of_used is None
        else _other_unit(cases, quantity, unit)
        if unit != quantity.unit
        else _free(language, required, unit, asked["unit"], free_of(given, used), weakest([of_given, of_used]), does)
        for (given, of_given), (used, of_used), unit, does in zip(
            values.figures(columns.monthly_capacity, rows),
            values.figures(columns.utilisation_pct, rows),
            values.codes(columns.units, columns.row_unit, rows),
            meets,
            strict=True,
        )
    ]


def _other_unit(cases: Cases, quantity: Quantity, unit: str | None) -> Finding:
    words = cases.words
    sentence = cases.told("capacity.other_unit", None, unit=words.label(unit), required_unit=words.label(quantity.unit))
    return Finding(quantity.value, None, quantity.unit, None, sentence)


@lru_cache(maxsize=MOST_KEPT, typed=True)
def _free(
    language: Language, required: float, unit: str, label: str, free: float, evidence: Evidence, meets: bool
) -> Finding:
    """
    Args:
        label: what the unit is called.
    """
    words = Words(language)
    gap = None if meets else gap_between(required, free)
    figures = {"required": required, "actual": free, "gap": gap or 0.0}
    shown = {name: words.number(figure) for name, figure in figures.items()}
    sentence = told(words, f"capacity.{outcome(meets)}", evidence, **shown, unit=label)
    return Finding(required, free, unit, evidence, sentence, gap)


def _figure_of_rows(key: str, column: Callable[[Columns], FigureColumn], unit: str | None) -> OfRows:
    def find(cases: Cases, target: float, rows: Ints, meets: Sequence[bool]) -> list[Finding]:
        return compared(cases, key, target, cases.values.figures(column(cases.columns), rows), unit, meets)

    return find


OF_OPERATION: Final[Mapping[str, OfRows]] = {
    "process": process,
    "material": material,
    "tolerance": _figure_of_rows("tolerance", lambda columns: columns.tolerance_mm, "mm"),
    "roughness": _figure_of_rows("roughness", lambda columns: columns.roughness_um, "µm"),
    "part_size": part_size,
    "part_mass": _figure_of_rows("part_mass", lambda columns: columns.max_mass_kg, "kg"),
    "capacity": capacity,
    "moq": _figure_of_rows("moq", lambda columns: columns.moq, None),
}


def without_capability(cases: Cases, key: str, operation: Operation) -> Finding:
    """An operation that no row of the supplier can take."""
    name = cases.words.label(operation.process)
    situation = "process.none" if key == "process" else "no_capability"
    required = operation.process if key == "process" else None
    return Finding(required, None, None, None, cases.told(situation, None, required=name, process=name))
