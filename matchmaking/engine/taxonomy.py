"""The vocabulary that the engine reasons with: processes, materials, standards that imply others, corridors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property


class Tree:
    """Codes and their parents.

    Args:
        parents: code → parent's code, None at the top. Must be free of cycles; parents must be codes themselves.
    """

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        self.parents = dict(parents)
        self._relations: dict[str, dict[str, float]] = {}

    def __contains__(self, code: object) -> bool:
        return code in self.parents

    @cached_property
    def children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for code, parent in self.parents.items():
            if parent is not None:
                children.setdefault(parent, []).append(code)
        return children

    def downwards(self) -> list[str]:
        """All codes, each before those below it, and these together."""
        return list(self._downwards)

    @cached_property
    def _downwards(self) -> list[str]:
        waiting = [code for code, parent in reversed(self.parents.items()) if parent is None]
        found = []
        while waiting:
            found.append(code := waiting.pop())
            waiting.extend(reversed(self.children.get(code, ())))
        return found

    def relations(self, required: str) -> dict[str, float]:
        """How far each related code answers the required one: 1 for it and what lies below, 0.5 for what lies above.

        A code newer than the tree stands alone: whoever asks for it has read a later vocabulary.
        """
        if required not in self._relations:
            below = reachable([required], self.children)
            self._relations[required] = dict.fromkeys(self._above(required), 0.5) | dict.fromkeys(below, 1.0)
        return self._relations[required]

    def _above(self, code: str) -> Iterable[str]:
        while (parent := self.parents.get(code)) is not None:
            yield parent
            code = parent


@dataclass(frozen=True)
class Taxonomy:
    """Processes, materials, standards and corridors. Build it once and use it for every requirement.

    Attributes:
        processes: code → parent's code or None.
        materials: the same.
        implies: standard → the standards that it implies directly.
        corridors: code → the provinces that it joins.
    """

    processes: Mapping[str, str | None] = field(default_factory=dict)
    materials: Mapping[str, str | None] = field(default_factory=dict)
    implies: Mapping[str, Iterable[str]] = field(default_factory=dict)
    corridors: Mapping[str, Iterable[str]] = field(default_factory=dict)

    @cached_property
    def process_tree(self) -> Tree:
        return Tree(self.processes)

    @cached_property
    def material_tree(self) -> Tree:
        return Tree(self.materials)

    @cached_property
    def _implied_by(self) -> dict[str, list[str]]:
        implied_by: dict[str, list[str]] = {}
        for standard, weaker in self.implies.items():
            for implied in weaker:
                implied_by.setdefault(implied, []).append(standard)
        return implied_by

    @cached_property
    def _proving(self) -> dict[str, set[str]]:
        return {}

    def proving(self, standard: str) -> set[str]:
        """The standards whose certificate proves `standard`: itself and all that imply it, by any number of steps."""
        if standard not in self._proving:
            self._proving[standard] = reachable([standard], self._implied_by)
        return self._proving[standard]

    def provinces_joined_to(self, province: str) -> set[str]:
        """The province itself and those that share a corridor with it."""
        corridors = (set(members) for members in self.corridors.values())
        return {province}.union(*(members for members in corridors if province in members))


def reachable(start: Iterable[str], steps: Mapping[str, Iterable[str]]) -> set[str]:
    """All that can be reached from `start`, itself included."""
    found: set[str] = set(start)
    waiting = list(found)
    while waiting:
        for code in steps.get(waiting.pop(), ()):
            if code not in found:
                found.add(code)
                waiting.append(code)
    return found


def find_cycle(steps: Mapping[str, Iterable[str]]) -> str | None:
    """A code that leads back to itself, None if there is none."""
    waiting_for = {code: set(targets) for code, targets in steps.items()}
    sources: dict[str, list[str]] = {}
    for code, targets in waiting_for.items():
        for target in targets:
            sources.setdefault(target, []).append(code)
    free = [code for code in sources if not waiting_for.get(code)]
    while free:
        target = free.pop()
        for code in sources.get(target, ()):
            waiting_for[code].discard(target)
            if not waiting_for[code]:
                free.append(code)
    blocked = {code for code, targets in waiting_for.items() if targets}
    return _on_a_cycle(blocked, waiting_for) if blocked else None


def _on_a_cycle(blocked: set[str], waiting_for: Mapping[str, set[str]]) -> str:
    """Every blocked code leads to a blocked one, so walking on must come round."""
    seen: set[str] = set()
    code = min(blocked)
    while code not in seen:
        seen.add(code)
        code = min(waiting_for[code])
    return code
