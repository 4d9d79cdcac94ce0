"""The vocabulary in memory: every term, found by its spellings. Read once per version and process."""

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from typing import NamedTuple

from taxonomy.models import Kind, Material, Process, Province, Sector, Source, Standard, Term
from taxonomy.services import current_version
from taxonomy.text import fold, has_accents, mark, squeeze
from taxonomy.wording import Words, basic_form, says_nothing_besides, telling_words, without_settings


class Sense(NamedTuple):
    """One meaning of one spelling."""

    code: str
    text: str
    marked: str
    source: str


class Entries(NamedTuple):
    """The entries of one kind that may be chosen: each code with the code above it."""

    parents: Mapping[str, str | None]
    senses: list[Sense]


class Index:
    """The senses of one kind, by spelling."""

    def __init__(self, kind: Kind, entries: Entries) -> None:
        self.kind = kind
        self.parents = entries.parents
        self.words: set[str] = set()
        self.forms: set[str] = set()
        """The basic forms of all words."""
        self.openings: set[str] = set()
        """The basic forms of the words with which spellings begin."""
        self.title_words: dict[str, set[str]] = defaultdict(set)
        self._by_key: dict[str, list[Sense]] = defaultdict(list)
        self._by_squeezed: dict[str, list[Sense]] = defaultdict(list)
        self._by_order: dict[Words, list[Sense]] = defaultdict(list)
        self._by_set: dict[frozenset[str], list[Sense]] = defaultdict(list)
        self._senses = entries.senses
        for sense in entries.senses:
            self._add(sense)

    def spelt(self, key: str) -> list[Sense]:
        """Senses with this key."""
        return self._by_key.get(key, [])

    def run_together(self, key: str) -> list[Sense]:
        """Senses that differ from this key in their spaces only."""
        return self._by_squeezed.get(squeeze(key), [])

    def told_in_order(self, words: Words, *, whole: bool = True) -> list[Sense]:
        """Senses with these telling words in this order: the nearest ones, with the fewest words besides.

        `whole` leaves out the senses that have empty words besides.
        """
        return self._nearest(self._by_order.get(words, []), whole=whole)

    def told(self, words: Words, *, whole: bool = True) -> list[Sense]:
        """The same in any order, for senses written without accents."""
        return self._nearest(self._by_set.get(frozenset(words), []), whole=whole)

    def spellings(self) -> Iterator[tuple[Sense, str]]:
        """Every sense, also titles, with its folded text."""
        return ((sense, fold(sense.text)) for sense in self._senses)

    def lies_below(self, code: str, above: str) -> bool:
        """Whether `code` is `above` or lies somewhere below it."""
        current: str | None = code
        while current is not None and current != above:
            current = self.parents.get(current)
        return current is not None

    def _nearest(self, senses: list[Sense], *, whole: bool) -> list[Sense]:
        wanted = [sense for sense in senses if not whole or says_nothing_besides(self.kind, fold(sense.marked))]
        least = min((len(sense.marked.split()) for sense in wanted), default=0)
        return [sense for sense in wanted if len(sense.marked.split()) == least]

    def _add(self, sense: Sense) -> None:
        if sense.source == Source.TITLE:
            self.title_words[sense.code].update(fold(sense.text).split())
            return
        for text in {sense.text, _without_brackets(sense.text)}:
            if key := fold(text):
                self._add_spelling(sense._replace(marked=mark(text)), key)

    def _add_spelling(self, sense: Sense, key: str) -> None:
        words_of_key = key.split()
        self.words.update(words_of_key)
        forms = [basic_form(word) for word in words_of_key]
        self.forms.update(forms)
        self.openings.add(forms[0])
        self._by_key[key].append(sense)
        self._by_squeezed[squeeze(key)].append(sense)
        for words in {telling_words(self.kind, key), telling_words(self.kind, without_settings(self.kind, key))}:
            if words:
                self._by_order[words].append(sense)
                if not has_accents(sense.marked):
                    self._by_set[frozenset(words)].append(sense)


class Vocabulary:
    """Everything that the resolver knows, at one version of the taxonomy."""

    def __init__(self, version: int, entries: Mapping[Kind, Entries]) -> None:
        self.version = version
        self._indexes = {kind: Index(kind, found) for kind, found in entries.items()}

    @property
    def kinds(self) -> list[Kind]:
        return list(self._indexes)

    def index(self, kind: Kind) -> Index:
        """The senses of one kind."""
        return self._indexes[kind]


_BRACKETS = re.compile(r"\s*\([^()]*\)")


def _without_brackets(text: str) -> str:
    return _BRACKETS.sub("", text)


_latest: Vocabulary | None = None


def current_vocabulary() -> Vocabulary:
    """The vocabulary as the database has it now: one query, and a reading only after a change."""
    global _latest
    version = current_version()
    vocabulary = _latest
    if vocabulary is None or vocabulary.version != version:
        vocabulary = _latest = read_vocabulary(version)
    return vocabulary


def read_vocabulary(version: int) -> Vocabulary:
    """Read the terms and trees of all kinds that are resolved."""
    trees: dict[Kind, Mapping[str, str | None]] = {
        Kind.PROCESS: Process.objects.in_use().parents(),
        Kind.MATERIAL: Material.objects.in_use().parents(),
        Kind.STANDARD: dict.fromkeys(Standard.objects.in_use().values_list("code", flat=True)),
        Kind.SECTOR: dict.fromkeys(Sector.objects.in_use().values_list("code", flat=True)),
        Kind.PROVINCE: _province_successors(),
    }
    return Vocabulary(version, {kind: Entries(tree, _senses(kind, tree)) for kind, tree in trees.items()})


def _province_successors() -> dict[str, str | None]:
    rows = Province.objects.in_use().select_related("successor")
    return {row.reference: row.successor.reference if row.successor else None for row in rows}


def _senses(kind: Kind, codes: Container[str]) -> list[Sense]:
    name = kind.value
    terms = Term.objects.filter(**{f"{name}__isnull": False}).order_by("id")
    if kind == Kind.PROVINCE:
        rows = terms.values_list("province__edition", "province__code", "text", "source")
        found = (Sense(f"{edition}:{code}", text, mark(text), source) for edition, code, text, source in rows)
    else:
        plain = terms.values_list(f"{name}__code", "text", "source")
        found = (Sense(code, text, mark(text), source) for code, text, source in plain)
    return [sense for sense in found if sense.code in codes]
