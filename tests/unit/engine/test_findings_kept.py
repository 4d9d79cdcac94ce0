"""Findings are kept by all that they depend on: what was found for others before changes nothing."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from matchmaking.engine import cases, findings_of_rows, findings_of_suppliers
from matchmaking.engine.explain import explain
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.findings_of_suppliers import Certificate
from matchmaking.engine.loading import build_columns
from matchmaking.engine.rank import rank
from tests.unit.engine.documents import Document, documents

KEPT: list[Any] = [
    cases.of_figure,
    findings_of_rows._process,
    findings_of_rows._free,
    findings_of_rows._of_materials,
    findings_of_suppliers._of_certificates,
]
DAY, LATER = date(2026, 11, 23), date(2026, 11, 24)
HELD = Certificate("iso9001", 2, DAY.toordinal(), 1, LATER.toordinal())
THROUGH = HELD._replace(standard="iatf16949")
ASKED: list[tuple[Any, tuple[Any, ...], list[tuple[Any, ...]]]] = [
    (
        cases.of_figure,
        ("en", "lead_time", 20.0, "day", 10.0, (1, DAY), True),
        [("vi",), ("moq",), (20,), ("d",), (10,), ((2, DAY), (1, LATER), None), (False,)],
    ),
    (
        findings_of_rows._process,
        ("en", "broader", "turning", "turning it", "machining", "machining it", 0, (1, DAY)),
        [("vi",), ("narrower",), ("milling",), ("turning",), ("lathe",), ("machining",), (1,), ((2, DAY), (1, LATER))],
    ),
    (
        findings_of_rows._free,
        ("en", 500.0, "piece", "pieces", 400.0, (1, DAY), False),
        [("vi",), (500, 600.0), ("kg",), ("kilograms",), (400, 300.0), ((2, DAY), (1, LATER)), (True,)],
    ),
    (
        findings_of_rows._of_materials,
        ("en", ("steel", "brass"), (0.0, 0.5), (1, DAY), False),
        [("vi",), (("iron", "brass"),), ((0.5, 0.5), (0.0, 1.0)), ((2, DAY), (1, LATER)), (True,)],
    ),
    (
        findings_of_suppliers._of_certificates,
        ("en", "iso9001", "ISO 9001", DAY.toordinal(), (HELD,), ("ISO 9001:2015",), 1, DAY.toordinal()),
        [
            ("vi",),
            ("iatf16949",),
            ("ISO-9001",),
            (LATER.toordinal() + 1,),
            ((), (HELD._replace(level=3),), (HELD._replace(observed=7),), (HELD._replace(ends=date.max.toordinal()),)),
        ],
    ),
    (
        findings_of_suppliers._of_certificates,
        ("en", "iso9001", "ISO 9001", DAY.toordinal(), (THROUGH,), ("IATF 16949",), 1, DAY.toordinal()),
        [(), (), (), (), (), (("IATF",),)],
    ),
    (
        findings_of_suppliers._of_certificates,
        ("en", "iso9001", "ISO 9001", DAY.toordinal(), (), (), 1, DAY.toordinal()),
        [(), (), (), (), (), (), (2,), (LATER.toordinal(),)],
    ),
]


def forget() -> None:
    for kept in KEPT:
        kept.cache_clear()


@pytest.mark.parametrize(("find", "usual", "others"), ASKED)
def test_each_part_of_what_is_asked_finds_something_of_its_own(
    find: Any, usual: tuple[Any, ...], others: list[tuple[Any, ...]]
) -> None:
    forget()
    find(*usual)

    for place, instead in enumerate(others):
        for value in instead:
            asked = (*usual[:place], value, *usual[place + 1 :])
            found = find(*asked)
            assert repr(found) == repr(find.__wrapped__(*asked))  # 20 and 20.0 are equal
            assert repr(found) != repr(find.__wrapped__(*usual))


@given(documents())
def test_what_was_found_for_others_changes_nothing(document: Document) -> None:
    facts = parse_facts(document)
    ranking = rank(facts.requirement, build_columns(facts.suppliers, facts.taxonomy), facts.taxonomy, facts.as_of)
    codes = [*facts.taxonomy.process_tree.downwards(), *facts.taxonomy.material_tree.downwards(), "iso9001", "piece"]
    both: list[dict[str, str]] = [{}, {code: f"the {code}" for code in codes}]

    def told() -> list[str]:
        places = range(len(ranking))
        return [
            repr(explain(ranking, places, facts.taxonomy, language=language, labels=labels))
            for language in ("en", "vi")
            for labels in both
        ]

    warm = told()
    forget()

    assert warm == told()


def test_no_more_is_kept_than_there_is_room_for() -> None:
    forget()
    for number in range(cases.MOST_KEPT + 5):
        cases.of_figure("en", "moq", 1.0, None, float(number), (0, DAY), True)

    assert {kept.cache_info().maxsize for kept in KEPT} == {cases.MOST_KEPT}
    assert cases.of_figure.cache_info().currsize == cases.MOST_KEPT
