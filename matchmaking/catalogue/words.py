"""The words by which firms are found, each with the firms that have it in a name: as `search_words` in the database."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Self

import numpy as np

from config.fulltext import LONGEST_WORD, is_letter
from config.text import beginnings
from matchmaking.engine.columns import Bools, Ints
from matchmaking.engine.lists import Ragged, Texts, ends

LAST_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Words:
    """Every word, rising, and by word the suppliers, by index, in no order."""

    texts: Texts
    of_word: Ragged

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """From folded names, one for each supplier."""
        numbers: dict[str, int] = {}

        @cache
        def numbered(word: str) -> tuple[int, ...]:
            return tuple(numbers.setdefault(each[:LONGEST_WORD], len(numbers)) for each in beginnings(word))

        told, counts = array("i"), array("i")  # of very many firms, sets would fill the memory
        for name in names:
            some = {number for word in name.split() for number in numbered(word)}
            told.extend(some)
            counts.append(len(some))
        owner = np.repeat(np.arange(len(counts), dtype=np.int32), np.array(counts))
        return cls._grouped(list(numbers), np.array(told), owner)

    @classmethod
    def _grouped(cls, texts: list[str], number: Ints, owner: Ints) -> Self:
        """From pairs of a text, by its number, and a supplier."""
        used = np.unique(number).tolist()
        rising = sorted(used, key=texts.__getitem__)
        rank = np.zeros(len(texts) + 1, dtype=np.int32)
        rank[rising] = np.arange(len(rising))
        ranks = rank[number]
        counts = np.bincount(ranks, minlength=len(rising))
        return cls(Texts.of_texts(texts[each] for each in rising), Ragged(ends(counts), owner[np.argsort(ranks)]))

    def firms_with(self, word: str, count: int) -> Bools:
        """Which of so many suppliers have a word that begins like this. A single Latin letter stands for itself."""
        asked = word[:LONGEST_WORD]
        first = bisect_left(self.texts, asked)
        last = bisect_left(self.texts, asked + ("\0" if is_letter(word) else LAST_LETTER))
        has = np.zeros(count, dtype=np.bool_)
        has[self.of_word.entry[self.of_word.offsets[first] : self.of_word.offsets[last]]] = True
        return has

    @classmethod
    def gathered(cls, parts: Sequence["Words"], places: Sequence[Ints]) -> Self:
        """Of several crowds, whose suppliers get other places, or none (-1)."""
        texts = list(chain.from_iterable(each.texts for each in parts))
        first = {text: number for number, text in reversed(list(enumerate(texts)))}
        same = np.array([*(first[text] for text in texts), 0], dtype=np.int64)
        pairs = [each.pairs(place) for each, place in zip(parts, places, strict=True)]
        beyond = ends([len(each.texts) for each in parts])
        number = np.concatenate([each + start for (each, _owner), start in zip(pairs, beyond, strict=False)])
        return cls._grouped(texts, same[number], np.concatenate([owner for _number, owner in pairs]))

    def pairs(self, place: Ints) -> tuple[Ints, Ints]:
        """Numbers of texts and places of the suppliers that have them; those without a place (-1) are left out."""
        number = np.repeat(np.arange(len(self.texts), dtype=np.int64), self.of_word.lengths())
        owner = place[self.of_word.entry]
        return number[owner >= 0], owner[owner >= 0]
