"""Two spellings of a name are the same name exactly when their keys are equal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy.text import agrees, fold, mark, nfc, split_camel, squeeze

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấậếệồỗựỷỵ AZĐẾ-,./0129旋盤バー가공"
TEXTS = st.one_of(st.text(), st.text(alphabet=LETTERS))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Tiện CNC", "tien cnc"),
        ("  ĐÚC   áp-lực,nhôm. ", "duc ap luc nhom"),
        ("ISO/TS 16949:2009", "iso ts 16949 2009"),
        ("ＣＮＣ旋盤加工", "cnc旋盤加工"),
        ("バリ取り", "バリ取り"),
        ("선반 가공", "선반 가공"),
        ("!!! …", ""),
    ],
)
def test_a_key_has_no_accents_no_case_and_no_punctuation(written: str, key: str) -> None:
    assert fold(written) == key


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("CNCVerticalMilling", "CNC Vertical Milling"),
        ("StainlessSteel Processing Capability", "Stainless Steel Processing Capability"),
        ("2-AxisCNCTurning", "2-Axis CNC Turning"),
        ("SinkerEdm", "Sinker Edm"),
        ("WireEDM", "Wire EDM"),
        ("SUS304", "SUS304"),
        ("PCBs", "PCBs"),
    ],
)
def test_camel_case_labels_are_split_into_words(label: str, words: str) -> None:
    assert split_camel(label) == words


def test_old_and_new_places_of_the_tone_are_the_same_word() -> None:
    assert mark("hoá") == mark("hóa")
    assert mark("thuỷ") == mark("thủy")
    assert mark("tụ điện") != mark("tủ điện")


@pytest.mark.parametrize(
    ("written", "meant", "expected"),
    [
        ("tu dien", "tụ điện", True),
        ("tụ dien", "tụ điện", True),
        ("tủ dien", "tụ điện", False),
        ("duc", "đúc", True),
        ("đuc", "dúc", False),
        ("tụ", "tụ điện", False),
    ],
)
def test_a_hurried_spelling_may_miss_accents_but_not_change_them(written: str, meant: str, expected: bool) -> None:
    assert agrees(mark(written), mark(meant)) is expected


def test_squeezing_takes_the_spaces_only() -> None:
    assert squeeze(fold("SUS 304-L")) == "sus304l"


@given(TEXTS)
def test_folding_and_marking_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert mark(mark(text)) == mark(text)
    assert nfc(nfc(text)) == nfc(text)


@given(TEXTS)
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert fold(composed) == fold(decomposed) == fold(text)
    assert mark(composed) == mark(decomposed) == mark(text)


@given(TEXTS)
def test_every_text_agrees_with_itself_and_with_its_spelling_without_accents(text: str) -> None:
    assert fold(mark(text)) == fold(text)
    assert agrees(mark(text), mark(text))
    assert agrees(fold(text), mark(text))


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_a_text_in_plain_letters_has_the_same_key_as_among_others(text: str) -> None:
    assert fold(f"đ {text}") == f"d {fold(text)}".strip()


@given(st.text(alphabet=st.characters(max_codepoint=0x1EFF)))
def test_a_text_has_the_same_keys_beside_letters_of_other_scripts(text: str) -> None:
    """Which are looked through mark by mark."""
    assert fold(f"旋 {text}") == f"旋 {fold(text)}".strip()
    assert mark(f"旋 {text}") == f"旋 {mark(text)}".strip()
