"""Answers that are told again as long as nothing has changed: rendered, in the memory of each process."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from django.conf import settings

from matchmaking.catalogue import Snapshot


class KeptAnswers:
    """Answers to questions about one snapshot; the next one makes them all worthless.

    Those that nobody asked for again go first when together they have more than `settings.MATCH_ANSWERS_KEPT_BYTES`.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._answers: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0

    def find(self, snapshot: Snapshot, question: Hashable) -> bytes | None:
        with self._lock:
            if snapshot is not self._snapshot or question not in self._answers:
                return None
            self._answers.move_to_end(question)
            return self._answers[question]

    def keep(self, snapshot: Snapshot, question: Hashable, answer: bytes) -> None:
        with self._lock:
            if snapshot is not self._snapshot:
                self._snapshot, self._bytes = snapshot, 0
                self._answers.clear()
            self._bytes += len(answer) - len(self._answers.pop(question, b""))
            self._answers[question] = answer
            while self._bytes > settings.MATCH_ANSWERS_KEPT_BYTES:
                self._bytes -= len(self._answers.popitem(last=False)[1])
