"""Columns lose nothing of the records that they were built from, and can be taken apart and put together."""

from collections.abc import Sequence
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaking.engine.columns import ALWAYS, Columns
from matchmaking.engine.errors import FactsError
from matchmaking.engine.facts import parse_facts
from matchmaking.engine.joining import join, take
from matchmaking.engine.lists import Ragged, Texts
from matchmaking.engine.loading import build_columns
from matchmaking.engine.model import (
    CapabilityRecord,
    CertificateRecord,
    CertificateSection,
    Facts,
    SiteRecord,
    SupplierRecord,
    Taxonomy,
)
from matchmaking.engine.rank import rank
from matchmaking.engine.records import records_of
from tests.unit.engine.documents import Writer
from tests.unit.engine.normal import in_order

IDS = ["s1", "s10", "s2", "s\x00", "s", "Ş", "", "Công ty", "\U0001f3ed", "\uffff"]


def facts_of(random: Random) -> Facts:
    writer = Writer(random)
    document = writer.document()
    document["suppliers"] = [writer.supplier(identity) for identity in writer.some(IDS, 0, len(IDS))]
    return parse_facts(document)


def assert_same(columns: Columns, records: Sequence[SupplierRecord], facts: Facts) -> None:
    """They say what these records say, and rank as columns built from them."""
    assert records_of(columns) == in_order(records)
    built = build_columns(records, facts.taxonomy)
    found, expected = (rank(facts.requirement, each, facts.taxonomy, facts.as_of) for each in (columns, built))
    assert found.results() == expected.results()
    assert [found.chosen_capability_ids(place) for place in range(len(found))] == [
        expected.chosen_capability_ids(place) for place in range(len(expected))
    ]


@given(st.randoms(use_true_random=True))
def test_columns_say_what_the_records_said(random: Random) -> None:
    facts = facts_of(random)

    columns = build_columns(facts.suppliers, facts.taxonomy)

    assert records_of(columns) == in_order(facts.suppliers)


@given(st.randoms(use_true_random=True))
def test_some_suppliers_are_taken_out_as_if_there_were_no_others(random: Random) -> None:
    facts = facts_of(random)
    wanted = random.sample(range(len(facts.suppliers)), random.randint(0, len(facts.suppliers)))
    columns = build_columns(facts.suppliers, facts.taxonomy)
    records = [facts.suppliers[place] for place in wanted]

    places = columns.suppliers_with([record.id for record in records])

    assert_same(take(columns, places), records, facts)
    assert records_of(columns, places) == in_order(records)


@given(st.randoms(use_true_random=True))
def test_two_columns_together_are_as_if_they_had_been_built_at_once(random: Random) -> None:
    facts = facts_of(random)
    first = [random.random() < 0.7 for _ in facts.suppliers]
    one, other = (
        build_columns(
            [each for each, is_first in zip(facts.suppliers, first, strict=True) if is_first == wanted], facts.taxonomy
        )
        for wanted in (True, False)
    )

    assert_same(join(one, other, facts.taxonomy), facts.suppliers, facts)


@given(st.randoms(use_true_random=True))
def test_processes_that_are_related_stand_together_in_joined_columns(random: Random) -> None:
    facts = facts_of(random)
    half = len(facts.suppliers) // 2
    one, other = (build_columns(each, facts.taxonomy) for each in (facts.suppliers[:half], facts.suppliers[half:]))

    joined = join(one, other, facts.taxonomy)

    in_order_of_tree = facts.taxonomy.process_tree.downwards()
    assert joined.processes.names == [code for code in in_order_of_tree if code in joined.processes.index]
    assert (np.diff(joined.row_process_code) >= 0).all()
    assert joined.process_ends[-1] == len(joined.row_process_code)


def test_who_is_in_both_cannot_be_joined() -> None:
    columns = build_columns([SupplierRecord(id="a"), SupplierRecord(id="b")], Taxonomy())

    with pytest.raises(FactsError, match=r"suppliers\['b'\]\.id: occurs twice"):
        join(columns, build_columns([SupplierRecord(id="b")], Taxonomy()), Taxonomy())


def test_the_last_day_there_is_is_not_the_same_as_never() -> None:
    items = tuple(
        CertificateRecord(standard="ISO 9001", level=1, observed=date(2026, 1, 2), expires_on=day, never_expires=never)
        for day, never in ((date.max, False), (None, True), (None, False), (date.min, False))
    )
    record = SupplierRecord(id="s", certificates=CertificateSection(level=0, observed=date.min, items=items))

    columns = build_columns([record], Taxonomy())

    assert records_of(columns) == [record]
    assert columns.certificates.expires_on.tolist() == [date.max.toordinal(), ALWAYS, 0, 1]


def test_codes_and_grades_take_no_more_room_than_they_need() -> None:
    def supplier(number: int) -> SupplierRecord:
        row = CapabilityRecord(
            id=f"c{number}", site="x", process=f"p{number}", role="core", level=1, observed=date.fromordinal(number + 1)
        )
        return SupplierRecord(id=f"s{number:03}", sites=(SiteRecord(id="x"),), capabilities=(row,))

    records = [supplier(number) for number in range(300)]
    taxonomy = Taxonomy(processes={f"p{number}": None for number in range(300)})

    few, many = build_columns(records[:100], taxonomy), build_columns(records, taxonomy)
    rest = build_columns(records[100:], taxonomy)

    types = [(str(each.row_process_code.dtype), str(each.row_process_grade.dtype)) for each in (few, many)]
    assert types == [("int8", "uint8"), ("int16", "uint16")]
    assert records_of(join(few, rest, taxonomy)) == records
    assert records_of(take(many, np.array([7, 250]))) == [records[7], records[250]]


def test_texts_of_different_lengths_are_taken_in_any_order() -> None:
    texts = Texts.of_texts(["", "ab", "ç", "abcd", "ab", "工"])

    assert list(texts.take(np.array([5, 0, 3, 1, 1]))) == ["工", "", "abcd", "ab", "ab"]
    assert list(texts.take(np.array([4, 1]))) == ["ab", "ab"]
    assert list(texts.take(np.array([], dtype=np.int64))) == []


def test_lists_are_taken_and_put_after_one_another() -> None:
    lists = Ragged.of([[1, 2], [], [3, 4], [5]])

    assert lists.take(np.array([2, 0])).tolists() == [[3, 4], [1, 2]]
    assert Ragged.concatenated([lists.take(np.array([3])), lists]).tolists() == [[5], [1, 2], [], [3, 4], [5]]
