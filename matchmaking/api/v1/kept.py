"""Bytes that are told again, in the memory of each process, as far as the settings allow."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from django.conf import settings

from matchmaking.catalogue import Snapshot

Value = TypeVar("Value")


class Line(NamedTuple):
    """A line of a ranking as JSON, parted where its rank stands: only that depends on other suppliers.

    Attributes:
        shown: as a reader gets it.
        sealed: what of it is hashed, in its canonical form.
    """

    shown: tuple[bytes, bytes]
    sealed: tuple[bytes, bytes]

    @property
    def size(self) -> int:
        return sum(map(len, self.shown + self.sealed))


class KeptAnswers:
    """Answers to questions about one snapshot; the next one makes them all worthless."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._answers = _Newest[bytes]()

    def find(self, snapshot: Snapshot, question: Hashable) -> bytes | None:
        with self._lock:
            return self._answers.find(question) if snapshot is self._snapshot else None

    def keep(self, snapshot: Snapshot, question: Hashable, answer: bytes) -> None:
        with self._lock:
            if snapshot is not self._snapshot:
                self._snapshot, self._answers = snapshot, _Newest()
            self._answers.keep(question, answer, len(answer), most=settings.MATCH_ANSWERS_KEPT_BYTES)


class KeptLines:
    """Lines by all that they rest on: what a ranking needs not say anew when others have changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines = _Newest[Line]()

    def find(self, keys: Sequence[Hashable]) -> list[Line | None]:
        with self._lock:
            return [self._lines.find(key) for key in keys]

    def keep(self, lines: Iterable[tuple[Hashable, Line]]) -> None:
        with self._lock:
            for key, line in lines:
                self._lines.keep(key, line, line.size, most=settings.MATCH_LINES_KEPT_BYTES)


class _Newest(Generic[Value]):
    """Values that are small enough together; those that nobody asked for again go first."""

    def __init__(self) -> None:
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._bytes = 0

    def find(self, key: Hashable) -> Value | None:
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, value: Value, size: int, *, most: int) -> None:
        _old, old_size = self._values.pop(key, (None, 0))
        self._values[key] = value, size
        self._bytes += size - old_size
        while self._bytes > most:
            self._bytes -= self._values.popitem(last=False)[1][1]
