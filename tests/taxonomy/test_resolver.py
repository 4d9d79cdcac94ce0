"""Free text becomes a code only when there is no doubt; in every doubt a person is asked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from taxonomy.models import Kind, Source
from taxonomy.readings import Match
from taxonomy.resolver import Outcome, Resolution, resolve
from taxonomy.text import mark
from taxonomy.vocabulary import Entries, Sense, Vocabulary, current_vocabulary
from tests.factories.taxonomy import ProcessFactory, TermFactory

PROCESS, MATERIAL, STANDARD = Kind.PROCESS, Kind.MATERIAL, Kind.STANDARD


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MACH.CNC_TURN", "MACH.CNC_TURN"),
        ("mach.cnc_turn", "MACH.CNC_TURN"),
        ("tien cnc", "MACH.CNC_TURN"),
        ("tiện", "MACH.CNC_TURN"),
        ("turning", "MACH.CNC_TURN"),
        ("旋盤", "MACH.CNC_TURN"),
        ("CNC Lathe", "MACH.CNC_TURN"),
        ("2-AxisCNCTurning", "MACH.CNC_TURN"),
        ("machining", "MACH"),
        ("gia công cơ khí", "MACH"),
        ("Precision CNC Machining Services", "MACH"),
        ("tụ điện", "ELEC.PASSIVE"),
        ("tủ điện", "SHEET.ENCL"),
        ("dịch vụ cắt laser CNC", "SHEET.LASER"),
        ("Investment castings", "CAST.INVEST"),
        ("powdercoating", "SURF.POWDER"),
        ("Galvanising", "SURF.HDG"),
        ("son tinh dien", "SURF.POWDER"),
    ],
)
def test_a_process_is_found_by_code_name_synonym_or_telling_words(shipped: Vocabulary, text: str, code: str) -> None:
    assert resolve(PROCESS, text, vocabulary=shipped).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SUS304", "STEEL.SUS304"),
        ("SUS 304", "STEEL.SUS304"),
        ("AISI 304", "STEEL.SUS304"),
        ("thép không gỉ 304", "STEEL.SUS304"),
        ("304 stainless steel", "STEEL.SUS304"),
        ("1.4301", "STEEL.SUS304"),
        ("S45C", "STEEL.S45C"),
        ("Thép tấm SS400", "STEEL.SS400"),
        ("AL6061-T6", "AL.6061"),
        ("nhôm 1050", "AL.1XXX"),
        ("thép 1050", "STEEL.S50C"),
        ("StainlessSteel Processing Capability", "STEEL.SS"),
        ("ZincAlloy Processing Capability", "ZN"),
    ],
)
def test_a_material_is_found_by_grade_family_or_equivalent(shipped: Vocabulary, text: str, code: str) -> None:
    assert resolve(MATERIAL, text, vocabulary=shipped).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ISO 9001:2015", "ISO9001"),
        ("iso9001-2015", "ISO9001"),
        ("TCVN ISO 9001", "ISO9001"),
        ("BS EN ISO 9001:2015", "ISO9001"),
        ("Hệ thống quản lý chất lượng ISO 9001:2015", "ISO9001"),
        ("ISO 13485 certified", "ISO13485"),
        ("IATF 16949:2016", "IATF16949"),
        ("AS9100 Rev D", "AS9100"),
    ],
)
def test_a_standard_is_found_whatever_year_or_publisher_stands_beside_it(
    shipped: Vocabulary, text: str, code: str
) -> None:
    assert resolve(STANDARD, text, vocabulary=shipped).code == code


@pytest.mark.parametrize(
    ("kind", "text", "candidates"),
    [
        (PROCESS, "tu dien", {"ELEC.PASSIVE", "SHEET.ENCL"}),
        (PROCESS, "ép nhựa", {"PLAS", "PLAS.INJ"}),
        (PROCESS, "ep nhua", {"PLAS", "PLAS.INJ"}),
        (PROCESS, "charger", {"ELEC.PSU", "AUTO.EV"}),
        (PROCESS, "EDM", {"MACH.WEDM", "MACH.SEDM"}),
        (PROCESS, "tien", {"MACH.CNC_TURN"}),
        (PROCESS, "tiến", {"MACH.CNC_TURN"}),
        (PROCESS, "máy", {"TEXT.CMT", "LEAT.UPPER"}),
        (MATERIAL, "nylon", {"PL.PA", "TX.NYLON"}),
        (MATERIAL, "1050", {"AL.1XXX", "STEEL.S50C"}),
        (MATERIAL, "đá", {"LEATHER", "LE.SYN"}),
    ],
)
def test_a_doubtful_word_is_asked_about_and_never_picked(
    shipped: Vocabulary, kind: Kind, text: str, candidates: set[str]
) -> None:
    found = resolve(kind, text, vocabulary=shipped)

    assert found.outcome == Outcome.AMBIGUOUS
    assert set(found.candidates) == candidates
    assert found.code is None
    assert found.confidence == 0.0


@pytest.mark.parametrize(
    ("text", "successor"),
    [
        ("OHSAS 18001", "ISO45001"),
        ("OHSAS 18001:2007", "ISO45001"),
        ("ISO/TS 16949:2009", "IATF16949"),
        ("IS-TS16949", "IATF16949"),
        ("ISO 9001:2008", "ISO9001"),
    ],
)
def test_a_withdrawn_standard_names_its_successor_but_is_not_counted_as_it(
    shipped: Vocabulary, text: str, successor: str
) -> None:
    found = resolve(STANDARD, text, vocabulary=shipped)

    assert (found.outcome, found.candidates, found.code) == (Outcome.SUPERSEDED, (successor,), None)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PROCESS, ""),
        (PROCESS, "   "),
        (PROCESS, "!!!"),
        (PROCESS, "x" * 300),
        (PROCESS, "Installation"),
        (PROCESS, "Deep freezing"),
        (PROCESS, "Distribution"),
        (PROCESS, "machine"),
        (PROCESS, "press"),
        (PROCESS, "công ty"),
        (MATERIAL, "nhôm 304"),
        (MATERIAL, "w"),
        (STANDARD, "not ISO 9001"),
        (STANDARD, "ISO 9001 expired"),
        (STANDARD, "ISO 9001, ISO 14001"),
        (STANDARD, "ISO 22000"),
        (STANDARD, "Quality management system"),
    ],
)
def test_what_no_term_means_stays_unknown(shipped: Vocabulary, kind: Kind, text: str) -> None:
    found = resolve(kind, text, vocabulary=shipped)

    assert (found.outcome, found.candidates) == (Outcome.UNKNOWN, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("WaterjetCuttimg", "SHEET.WATERJET"),
        ("ElectolessNickelPlating", "SURF.ENI"),
        ("MIGWeldin", "WELD.MIG"),
        ("weldign", "WELD"),
    ],
)
def test_one_slip_of_the_fingers_is_forgiven_at_a_lower_confidence(shipped: Vocabulary, text: str, code: str) -> None:
    found = resolve(PROCESS, text, vocabulary=shipped)

    assert (found.code, found.match, found.confidence) == (code, Match.SPELLING, 0.7)


@pytest.mark.parametrize(
    ("text", "match", "confidence"),
    [
        ("MACH.SGRIND", Match.CODE, 1.0),
        ("Mài phẳng", Match.NAME, 0.98),
        ("flat grinding", Match.SYNONYM, 0.95),
        ("mai phang", Match.UNACCENTED, 0.9),
        ("flatgrinding", Match.JOINED, 0.9),
        ("flat grinding service", Match.WORDS, 0.8),
    ],
)
def test_the_resolution_says_how_the_text_met_the_term(
    shipped: Vocabulary, text: str, match: Match, confidence: float
) -> None:
    found = resolve(PROCESS, text, vocabulary=shipped)

    assert (found.code, found.match, found.confidence) == ("MACH.SGRIND", match, confidence)


@given(st.text(max_size=300))
def test_any_text_gets_an_answer_and_a_code_only_when_it_is_sure(text: str) -> None:
    found = resolve(PROCESS, text, vocabulary=SMALL)

    assert (found.code is not None) == (found.outcome == Outcome.SURE)
    assert 0.0 <= found.confidence <= 1.0


@given(st.permutations(["wire", "harness", "assembly"]))
def test_english_words_may_stand_in_any_order(words: list[str]) -> None:
    assert resolve(PROCESS, " ".join(words), vocabulary=SMALL).code == "WIRE"


def test_vietnamese_words_keep_their_order() -> None:
    assert resolve(PROCESS, "dây cắt", vocabulary=SMALL).outcome == Outcome.UNKNOWN
    assert resolve(PROCESS, "cắt dây", vocabulary=SMALL).code == "CUT"


def test_a_term_without_doubt_does_not_lend_its_empty_words() -> None:
    assert resolve(PROCESS, "gear", vocabulary=SMALL).outcome == Outcome.UNKNOWN
    assert resolve(PROCESS, "gear production", vocabulary=SMALL).code == "GEAR"


def sense(code: str, text: str) -> Sense:
    return Sense(code, text, mark(text), Source.SYNONYM)


SMALL = Vocabulary(
    1,
    {
        Kind.PROCESS: Entries(
            dict.fromkeys(["WIRE", "CUT", "GEAR"]),
            [sense("WIRE", "wire harness assembly"), sense("CUT", "cắt dây"), sense("GEAR", "gear manufacturing")],
        )
    },
)


@pytest.mark.django_db
def test_many_texts_are_resolved_without_a_query() -> None:
    TermFactory.create(process=ProcessFactory.create(code="TURN"), text="tiện")
    vocabulary = current_vocabulary()

    with CaptureQueriesContext(connection) as queries:
        found: list[Resolution] = [resolve(PROCESS, "tiện", vocabulary=vocabulary) for _ in range(100)]

    assert {each.code for each in found} == {"TURN"}
    assert len(queries) == 0


@pytest.mark.django_db
def test_a_synonym_taught_a_moment_ago_is_known_to_the_next_text() -> None:
    process = ProcessFactory.create(code="TURN")
    assert resolve(PROCESS, "xoay tròn").outcome == Outcome.UNKNOWN

    TermFactory.create(process=process, text="xoay tròn")

    assert resolve(PROCESS, "xoay tròn").code == "TURN"


@pytest.mark.django_db
def test_a_withdrawn_code_is_no_longer_found() -> None:
    process = ProcessFactory.create(code="TURN")
    TermFactory.create(process=process, text="xoay tròn")
    assert resolve(PROCESS, "xoay tròn").code == "TURN"

    process.is_withdrawn = True
    process.save()

    assert resolve(PROCESS, "xoay tròn").outcome == Outcome.UNKNOWN
    assert resolve(PROCESS, "TURN").outcome == Outcome.UNKNOWN


@pytest.mark.django_db
def test_the_vocabulary_is_read_again_only_after_a_change() -> None:
    TermFactory.create(process=ProcessFactory.create(), text="tiện")
    first = current_vocabulary()

    with CaptureQueriesContext(connection) as queries:
        again = current_vocabulary()

    assert again is first
    assert len(queries) == 1
