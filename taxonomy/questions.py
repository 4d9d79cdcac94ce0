"""What people type into a search box: which of its words name entries of the vocabulary."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.text import beginnings, is_unspaced
from taxonomy.models import Kind
from taxonomy.vocabulary import Vocabulary, current_vocabulary

MOST_WORDS = 12
LONGEST_RUN = 6
"""Words in the longest name that is looked for."""
SHORTEST_BEGINNING = 3
"""Letters from which the beginning of a word stands for it."""

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class Part:
    """Words that belong together, and the codes that they may mean, by kind; none where they name nothing."""

    words: tuple[str, ...]
    codes: tuple[tuple[Kind, str], ...]


def parts_of(words: Words, *, kinds: Collection[Kind], vocabulary: Vocabulary | None = None) -> list[Part]:
    """Split a question into names of entries, the longest first from the left, and single words besides.

    Args:
        words: folded; those after the twelfth do not count.
        kinds: of the entries that are looked for; kinds that the resolver knows.
        vocabulary: for many questions, take `current_vocabulary()` once and pass it on.
    """
    spellings = _spellings(vocabulary or current_vocabulary())
    rest, parts = list(words[:MOST_WORDS]), []
    while rest:
        part = _longest(rest, spellings, kinds)
        parts.append(part)
        del rest[: len(part.words)]
    return parts


def _longest(words: Words, spellings: "Spellings", kinds: Collection[Kind]) -> Part:
    named = spellings.naming(words[:LONGEST_RUN])
    for length, entries in reversed(list(enumerate(named, 1))):
        codes = tuple(sorted((kind, code) for kind, code in entries if kind in kinds))
        if codes:
            return Part(tuple(words[:length]), codes)
    return Part(tuple(words[:1]), ())


class Spellings:
    """Every spelling of every entry, found by any word that it holds."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._names = [
            (kind, sense.code, key.split())
            for kind in vocabulary.kinds
            for sense, key in vocabulary.index(kind).spellings()
        ]
        self._starts = sorted(
            (beginning, name, place)
            for name, (_kind, _code, words) in enumerate(self._names)
            for place, word in enumerate(words)
            for beginning in beginnings(word)
        )

    def naming(self, words: Words) -> list[set[tuple[Kind, str]]]:
        """By how many of the words from the first on: entries with a spelling that holds these side by side, each at
        least by its beginning."""
        found: list[set[tuple[Kind, str]]] = [set() for _ in words]
        for name, place in self._with(words[0]):
            kind, code, own = self._names[name]
            found[0].add((kind, code))
            for entries, asked, word in zip(found[1:], words[1:], own[place + 1 :], strict=False):
                if not _stands_for(asked, word):
                    break
                entries.add((kind, code))
        return found

    def _with(self, word: str) -> Iterator[tuple[int, int]]:
        may_be_cut = _may_be_cut(word)
        for at in range(bisect_left(self._starts, (word, 0, 0)), len(self._starts)):
            beginning, name, place = self._starts[at]
            if beginning != word and not (may_be_cut and beginning.startswith(word)):
                return  # whole words come before those that begin so
            yield name, place


def _stands_for(asked: str, word: str) -> bool:
    return asked == word or (_may_be_cut(asked) and any(start.startswith(asked) for start in beginnings(word)))


def _may_be_cut(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING or is_unspaced(word)


def read_ahead() -> None:
    """Read vocabulary and spellings before somebody searches."""
    _spellings(current_vocabulary())


@lru_cache(maxsize=1)
def _spellings(vocabulary: Vocabulary) -> Spellings:
    return Spellings(vocabulary)
