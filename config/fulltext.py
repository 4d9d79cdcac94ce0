"""Rows found by words and codes: a document of both in one column, and the questions that one index answers.

A word of a document is found by its beginning, a code as a whole. A code stands in a document as `/k:code`, with a
letter for what kind of code it is; no word contains these signs.
"""

from collections.abc import Iterable
from typing import Any, NewType

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from config.text import beginnings

LONGEST_WORD = 20
"""Letters of a word that are compared. `search_words` in the database stores no more."""

Question = NewType("Question", str)
"""In PostgreSQL's form of a tsquery."""

NOTHING = "'/'"
"""No document holds this."""


class DocumentField(SearchVectorField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A set of words and codes."""


@DocumentField.register_lookup
class Answers(models.Lookup):
    """Whether a document answers a question made by the functions below."""

    lookup_name = "answers"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        document, parameters = self.process_lhs(compiler, connection)
        return f"{document} @@ %s::tsquery", (*parameters, self.rhs)


class DocumentIndex(GinIndex):
    """Finds documents. Changes go into it at once: a list of changes still to be sorted in would be read by all."""

    def __init__(self, *, name: str) -> None:
        super().__init__(fields=["document"], name=name, fastupdate=False)

    def deconstruct(self) -> Any:
        path, _arguments, kwargs = super().deconstruct()
        return path, (), {"name": kwargs["name"]}


def word(text: str) -> Question:
    """A word that begins like this. A single Latin letter stands for itself alone: half of all words begin so."""
    return Question(_quoted(text[:LONGEST_WORD]) + ("" if is_letter(text) else ":*"))


def holds(key: str, words: Iterable[str]) -> bool:
    """Whether a folded text would answer `all_of(map(word, words))`."""
    met = {start for told in key.split() for start in beginnings(told)}
    return all(
        asked in met if is_letter(asked) else any(start.startswith(asked[:LONGEST_WORD]) for start in met)
        for asked in words
    )


def code(kind: str, of: str) -> Question:
    return Question(_quoted(f"/{kind}:{of}"))


def all_of(questions: Iterable[Question]) -> Question:
    return Question("(" + " & ".join(questions) + ")")


def any_of(questions: Iterable[Question]) -> Question:
    """At least one; of none at all, nothing."""
    return Question("(" + (" | ".join(questions) or NOTHING) + ")")


def is_letter(text: str) -> bool:
    """Whether a word is one Latin letter."""
    return len(text) == 1 and text.isascii() and text.isalpha()


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
