"""Sure by the tax code, likely by name and address, and otherwise two firms."""

from dataclasses import replace
from typing import Any

import pytest

from suppliers.duplicates.judging import Entry, Judgement, Verdict, compare
from suppliers.duplicates.register import Register

LONG = Entry(("Công ty TNHH Cơ khí Hoàng Long",), country="VN", address="Lô 12, KCN Thăng Long, Hà Nội")
SPELT = {"names": ("Hoang Long Mechanical Co., Ltd",), "address": "Lot 12, Thang Long Industrial Park, Hanoi"}


def entry(**fields: Any) -> Entry:
    return Entry(**{"names": LONG.names, "country": "VN", "address": LONG.address, **fields})


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (LONG, entry(**SPELT), Verdict.LIKELY),
        (entry(tax_code="0100109106"), entry(names=("Khác",), address="", tax_code="0100109106"), Verdict.SURE),
        (entry(tax_code="0100109106"), entry(tax_code="0100233488"), Verdict.DIFFERENT),
        (entry(tax_code="0314409058"), entry(tax_code="0314409058-002"), Verdict.DIFFERENT),
        (entry(tax_code="0100109106"), LONG, Verdict.LIKELY),
        (LONG, entry(country="LA"), Verdict.DIFFERENT),
        (LONG, entry(address="Lô 45, KCN Quang Minh, Hà Nội"), Verdict.DIFFERENT),
        (LONG, entry(address=""), Verdict.DIFFERENT),
        (entry(phone="+842438123456"), entry(address="", phone="+842438123456"), Verdict.LIKELY),
        (entry(names=("Cơ khí Hoàng Long số 1",)), entry(names=("Cơ khí Hoàng Long số 2",)), Verdict.DIFFERENT),
        (LONG, entry(names=("Công ty TNHH Cơ khí Minh Quang",)), Verdict.DIFFERENT),
        (entry(names=("Minh Quang", "Hoang Long Mechanical")), LONG, Verdict.LIKELY),
    ],
)
def test_two_entries_are_one_firm_or_not_whichever_comes_first(one: Entry, other: Entry, verdict: Verdict) -> None:
    assert compare(one, other).verdict == verdict
    assert compare(other, one) == compare(one, other)


def test_a_judgement_tells_how_alike_both_are() -> None:
    assert compare(LONG, LONG) == Judgement(Verdict.LIKELY, 1.0, 1.0)
    assert compare(LONG, LONG).score == 1.0
    assert compare(LONG, entry(names=("Minh Quang",))).address is None


def test_entries_at_other_places_are_as_alike_as_their_names_unless_only_likely_ones_are_wanted() -> None:
    elsewhere = entry(address="Lô 45, KCN Quang Minh, Hà Nội")
    other_name = entry(names=("Công ty TNHH Cơ khí Hoàng Lan",), address=elsewhere.address)

    assert compare(LONG, elsewhere).name == 1.0
    assert compare(LONG, elsewhere).score > compare(LONG, other_name).score > 0
    assert compare(LONG, elsewhere, only_likely=True) == Judgement(Verdict.DIFFERENT)


def test_the_register_finds_a_firm_by_any_word_and_says_the_best_first() -> None:
    same = entry(names=("CTCP Cơ khí Hoàng Long",))
    register = Register([("a", entry(**SPELT)), ("b", same), ("c", entry(names=("Minh Quang",)))])

    assert [found.firm for found in register.find(LONG)] == ["b", "a"]
    assert register.find(entry(names=("Sao Mai",), address="")) == []


def test_the_register_finds_a_name_that_is_run_together_with_its_legal_form() -> None:
    place = "Lô 7, đường N2, KCN Phú Nghĩa, Hà Nội"
    register = Register([("a", Entry(("Công ty TNHH Cơ khí Hoàng Long 2",), "VN", place))])

    assert [each.firm for each in register.find(Entry(("CongTyTNHHCoKhiHoangLong2",), "VN", place))] == ["a"]
    assert register.find(Entry(("CongTyTNHHCoKhiHoangLong3",), "VN", place)) == []


def test_the_register_knows_what_is_added_and_a_tax_code_alone() -> None:
    register: Register[str] = Register()
    register.add("a", entry(names=("Khác",), address="", tax_code="0100109106"))

    (found,) = register.find(entry(tax_code="0100109106"))
    assert (found.firm, found.judgement.verdict) == ("a", Verdict.SURE)


def test_the_register_compares_an_entry_with_all_that_it_could_be() -> None:
    """The same as comparing with everybody, for firms whose names share the beginning of a word or their trade."""
    names = ("Cơ khí Hoàng Long", "Hoàng Long", "Hoàng Lan", "Nhựa Hoàng Long", "Cơ khí", "Cơ khí Long Hoàng")
    entries = [entry(names=(name,)) for name in names]
    register = Register(enumerate(entries))

    for one in entries:
        likely = {at for at, other in enumerate(entries) if compare(one, other).verdict == Verdict.LIKELY}
        assert {found.firm for found in register.find(one)} == likely


def test_where_all_tell_tax_codes_no_name_is_taken_apart() -> None:
    known, asked = entry(tax_code="0100109106"), entry(tax_code="0100109107")
    register = Register([("a", known)])

    assert register.find(asked) == []
    assert (known._called, known._place, asked._called) == (None, None, None)

    assert [found.firm for found in register.find(LONG)] == ["a"]
    assert known._called is not None


def test_a_firm_of_which_the_tax_code_is_learnt_is_no_other_firms_any_more() -> None:
    register = Register([("a", LONG)])
    asked = entry(tax_code="0100109107")
    assert [found.firm for found in register.find(asked)] == ["a"]

    register.add("a", entry(tax_code="0100109106"))

    assert register.find(asked) == []
    assert [(found.firm, found.judgement.verdict) for found in register.find(LONG)] == [("a", Verdict.LIKELY)]


def test_what_was_taken_apart_makes_no_other_entry() -> None:
    taken, fresh = entry(), entry()
    assert (taken.place.numbers, len(taken.called)) == (frozenset({"12"}), 1)
    assert (taken, hash(taken), repr(taken)) == (fresh, hash(fresh), repr(fresh))
    assert replace(taken, names=("Minh Quang",)).called[0].own == ("minh", "quang")
