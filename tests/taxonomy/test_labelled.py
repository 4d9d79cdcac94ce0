"""How firms word what they do, hold and where they sit, with the codes that a person found acceptable beforehand."""

import csv
from pathlib import Path

import pytest

from taxonomy.models import Kind
from taxonomy.resolver import resolve
from taxonomy.vocabulary import Vocabulary

LABELLED = Path(__file__).with_name("labelled")


def measured(kind: Kind, vocabulary: Vocabulary, name: str) -> tuple[float, list[str]]:
    """The share of labels with a code that are taken rightly, and all that are taken wrongly."""
    with (LABELLED / name).open(encoding="utf-8", newline="") as lines:
        rows = [(row["label"], set(filter(None, row["acceptable_codes"].split("|")))) for row in csv.DictReader(lines)]
    taken = [(text, resolve(kind, text, vocabulary=vocabulary).code, codes) for text, codes in rows]
    right = sum(code in codes for _, code, codes in taken)
    wrong = [text for text, code, codes in taken if code is not None and code not in codes]
    return right / sum(bool(codes) for _, codes in rows), wrong


@pytest.mark.parametrize(
    ("kind", "least"),
    [(Kind.PROCESS, 0.84), (Kind.MATERIAL, 0.93), (Kind.STANDARD, 0.95), (Kind.PROVINCE, 0.98)],
)
def test_most_labels_are_taken_and_none_wrongly(shipped: Vocabulary, kind: Kind, least: float) -> None:
    name = {Kind.PROCESS: "processes.csv"}.get(kind, f"{kind.value}s.csv")
    right, wrong = measured(kind, shipped, name)

    assert right >= least
    assert wrong == []


def test_what_only_sounds_like_a_process_is_never_taken(shipped: Vocabulary) -> None:
    texts = (LABELLED / "no_process.txt").read_text().splitlines()
    taken = {text: code for text in texts if (code := resolve(Kind.PROCESS, text, vocabulary=shipped).code)}

    assert len(texts) > 100
    assert taken == {}
