"""What a supplier could change, in figures and sentences of two languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from matchmaking.engine.cases import free_of
from matchmaking.engine.explain_relaxations import UNITS
from matchmaking.engine.gap_changes import BY_NAME, EVIDENCE, FIELD_OF, LANGUAGE, STANDARD, Amount, Change
from matchmaking.engine.gaps import Gaps, Path
from matchmaking.engine.model import CapabilityRecord, Fact
from matchmaking.engine.sentences import Language, Words


def explain_gaps(
    found: Gaps, paths: Sequence[Path], *, language: Language = "en", labels: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Explain some paths.

    Returns:
        For each `changes`, each with its `kind`, the `capability` and its `process`, or the `standard` or `language`,
        the `target` and `current` figure with their `unit`, the `level` to which it must be proved and a `sentence`;
        how many `requirements` it opens, `only_together` (None of a single change), their `quantities` each month by
        unit, and a `sentence`.
    """
    telling = _Telling(found, Words(language, labels))
    return [telling.path(path) for path in paths]


class _Telling:
    def __init__(self, found: Gaps, words: Words) -> None:
        self.found, self.words = found, words
        self.capabilities = {row.id: row for row in found.record.capabilities}

    def path(self, path: Path) -> dict[str, Any]:
        changes = [self.change(change, level) for change, level in zip(path.changes, path.levels, strict=True)]
        quantities = self.found.quantities(path)
        is_pair = len(changes) == 2
        return {
            "changes": changes,
            "requirements": len(path.requirements),
            "only_together": path.only_together if is_pair else None,
            "quantities": [{"unit": unit, "quantity": quantity} for unit, quantity in quantities.items()],
            "sentence": self._sentence([change["sentence"] for change in changes], path, quantities),
        }

    def change(self, change: Change, level: int) -> dict[str, Any]:
        row = self.capabilities.get(change.capability or "")
        current = None if row is None else _stated(row, change)
        is_figure = change.kind in FIELD_OF
        return {
            "kind": change.kind,
            "capability": change.capability,
            "process": row and row.process,
            "standard": change.amount if change.kind == STANDARD else None,
            "language": change.amount if change.kind == LANGUAGE else None,
            "target": change.amount if is_figure else None,
            "current": current,
            "unit": (change.unit or UNITS.get(change.kind)) if is_figure else None,
            "level": level,
            "sentence": self._change_sentence(change, row, current, level),
        }

    def _change_sentence(self, change: Change, row: CapabilityRecord | None, current: Amount, level: int) -> str:
        words, confirmed = self.words, self.words.say(f"confirmed.{level}")
        process = words.label(row.process) if row else ""
        if change.kind in BY_NAME:
            return words.say(f"gap.{change.kind}", what=words.label(str(change.amount)), confirmed=confirmed)
        if change.kind == EVIDENCE:
            return words.say("gap.evidence" if row else "gap.evidence_of_firm", process=process, confirmed=confirmed)
        return words.say(
            "gap.new_figure" if current is None else "gap.figure",
            what=words.say(f"criterion.{change.kind}"),
            process=process,
            target=self._amount(change, change.amount),
            current=self._amount(change, current),
            confirmed=confirmed,
        )

    def _amount(self, change: Change, amount: Amount) -> str:
        if amount is None or isinstance(amount, str):
            return ""
        told = self.words.size(amount) if isinstance(amount, tuple) else self.words.number(amount)
        return self.words.say(f"target.{change.kind}", amount=told, unit=self.words.label(change.unit))

    def _sentence(self, changes: Sequence[str], path: Path, quantities: Mapping[str, float]) -> str:
        words = self.words
        both = changes[0] if len(changes) == 1 else words.say("gap.and", first=changes[0], second=changes[1])
        told = [words.say("gap.opens", changes=both, count=words.number(len(path.requirements)))]
        if quantities:
            amounts = [
                words.say("gap.quantity", amount=words.number(quantity), unit=words.label(unit))
                for unit, quantity in quantities.items()
            ]
            told.append(words.say("gap.needs", quantities=", ".join(amounts)))
        if len(changes) == 2:
            told.append(words.say("gap.only_together", count=words.number(path.only_together)))
        return " ".join(told)


def _stated(row: CapabilityRecord, change: Change) -> Amount:
    """The figure as it is, in the change's unit."""
    if change.kind not in FIELD_OF:
        return None
    fact: Fact[Any] | None = getattr(row, FIELD_OF[change.kind])
    value: Amount = None if fact is None else fact.value
    used = row.utilisation_pct
    if change.kind != "capacity" or not isinstance(value, float):
        return value
    return None if used is None or used.value is None else free_of(value, used.value)
