"""A JSON document read strictly: every value knows its path, and whatever is not asked for is refused."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final, NoReturn, TypeVar

from matchmaking.engine.errors import FactsError

T = TypeVar("T")

DOCUMENT: Final = "document"
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST_WHOLE_NUMBER: Final = 400  # digits; more cannot be a float64, and Python will not convert very many


class RepeatedKeys(dict[str, Any]):
    """A JSON object that names a key twice, so that nobody can say which value is meant."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        count = Counter(name for name, _ in pairs)
        self.repeated = next(name for name, _ in pairs if count[name] > 1)


def load(source: bytes | str) -> object:
    """Parse JSON text.

    Raises:
        FactsError: it is not UTF-8 or not JSON. Repeated keys, NaN and infinities are refused later, by their path.
    """
    try:
        text = source.decode("utf-8") if isinstance(source, bytes) else source
        return json.loads(text, parse_int=_whole_number, object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise FactsError(DOCUMENT, f"not JSON: not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise FactsError(DOCUMENT, f"not JSON: {error}") from None
    except RecursionError:
        raise FactsError(DOCUMENT, "not JSON that can be read: nested too deeply") from None


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_WHOLE_NUMBER else float(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    return values if len(values) == len(pairs) else RepeatedKeys(pairs)


class Node:
    """One value of the document and where it stands."""

    __slots__ = ("key", "parent", "value")

    def __init__(self, value: object, parent: "Node | None" = None, key: str | int = DOCUMENT) -> None:
        self.value = value
        self.parent = parent
        self.key = key

    @property
    def path(self) -> str:
        """Such as `suppliers[2].capabilities[0].tolerance_mm.level`."""
        steps = []
        node = self
        while node.parent is not None:
            steps.append(node.key)
            node = node.parent
        return "".join(map(_step, reversed(steps))).removeprefix(".") or DOCUMENT

    def fail(self, problem: str) -> NoReturn:
        raise FactsError(self.path, problem)

    @property
    def is_null(self) -> bool:
        return self.value is None

    def child(self, key: str) -> "Node":
        """The value under a key of this object; null where the key is absent, or where this is null."""
        return Node(self.value.get(key) if isinstance(self.value, dict) else None, self, key)

    def required(self, key: str) -> "Node":
        """The same, refused where null."""
        child = self.child(key)
        if child.is_null:
            child.fail("is required")
        return child

    def mapping(self) -> Mapping[str, "Node"]:
        """An object with keys of any text; null is empty."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            self.fail("must be an object")
        if isinstance(self.value, RepeatedKeys):
            self.child(self.value.repeated).fail("is given twice")
        for key in self.value:
            if not isinstance(key, str):
                self.fail("must have text for keys")
            _refuse_lone_surrogates(key, Node(None, self, key))
        return {key: Node(value, self, key) for key, value in self.value.items()}

    def shape(self, keys: Collection[str]) -> "Node":
        """Itself, an object that has none but the given keys."""
        if not isinstance(self.value, dict):
            self.fail("must be an object")
        for key, child in self.mapping().items():
            if key not in keys:
                child.fail("is not a key of the facts file")
        return self

    def entries(self, *, at_most: int | None = None) -> Iterator["Node"]:
        """The entries of a list; null is empty."""
        if self.value is None:
            return
        if not isinstance(self.value, list | tuple):
            self.fail("must be a list")
        if at_most is not None and len(self.value) > at_most:
            self.fail(f"must have at most {at_most} entries, has {len(self.value)}")
        for position, value in enumerate(self.value):
            yield Node(value, self, position)

    def optional(self, read: "Callable[[Node], T]") -> T | None:
        return None if self.is_null else read(self)

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.fail("must be text")
        _refuse_lone_surrogates(self.value, self)
        return self.value

    def one_of(self, choices: Collection[str]) -> str:
        if not isinstance(self.value, str) or self.value not in choices:
            self.fail(f"must be one of {', '.join(choices)}")
        return self.value

    def number(self) -> float:
        """A finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail("must be a number")
        try:
            number = float(self.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.fail("must be a finite number")
        return number

    def figure(self) -> float:
        """A number that is not negative."""
        number = self.number()
        if number < 0:
            self.fail("must not be negative")
        return number

    def target(self) -> float:
        """A number above 0."""
        number = self.number()
        if number <= 0:
            self.fail("must be above 0")
        return number

    def within(self, least: float, most: float) -> float:
        number = self.number()
        if not least <= number <= most:
            self.fail(f"must be from {least:g} to {most:g}")
        return number

    def level(self) -> int:
        number = self.number()
        if number not in (0, 1, 2, 3, 4):
            self.fail("must be a level: 0, 1, 2, 3 or 4")
        return int(number)

    def day(self) -> date:
        if not isinstance(self.value, str) or not _DAY.fullmatch(self.value):
            self.fail("must be a date, as YYYY-MM-DD")
        try:
            return date.fromisoformat(self.value)
        except ValueError:
            self.fail("must be a date that exists")


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else f"[{key[:80]!a}]"


def _refuse_lone_surrogates(text: str, node: Node) -> None:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        node.fail("must be text that UTF-8 can carry: it has half a surrogate pair")
