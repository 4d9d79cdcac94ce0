"""Who may meet whose words in any answer, file or message: `markers.csv`, and what was met.

A row of the table is a field of a stored row, and whether others may know of that row (`public`) or not (`hidden`).
A cell is `x` where such a reader may meet the field's value somewhere, else `-`. What no row names, nobody meets.
"""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

from tests.fixtures.markers import MARK, Markers
from tests.fixtures.routes import Operation

TABLE = Path(__file__).with_name("markers.csv")
READERS = (*("anonymous", "supplier", "unverified_buyer", "verified_buyer", "told", "other_side", "its_own", "staff"),)
"""The table's columns. `told`: by match, connection or claim; `other_side`: of an accepted connection."""
HERE = "tests/contract/markers.csv"
OPENS_CONTACTS = "connections_accept"

Key = tuple[str, str]


@cache
def table() -> dict[Key, set[str]]:
    """Readers that may meet a field, by field and standing."""
    with TABLE.open(newline="") as lines:
        (_field, _standing, *readers), *rows = ([cell.strip() for cell in line] for line in csv.reader(lines))
    if readers != list(READERS):
        raise ValueError(f"{TABLE.name}: the columns are {readers}")
    return {
        (field, standing): {reader for reader, cell in zip(READERS, cells, strict=True) if cell == "x"}
        for field, standing, *cells in rows
    }


class Readings:
    """What callers met in answers."""

    def __init__(self, markers: Markers) -> None:
        self.markers = markers
        self._met: dict[Key, dict[str, str]] = defaultdict(dict)
        """Where each reader met a field first."""

    def note(self, who: str, operation: Operation | str, text: str, *, sent: str = "") -> None:
        """What a text told a caller, or the reader at an e-mail address, that it had not said itself."""
        name = operation if isinstance(operation, str) else operation.operation_id
        for mark in self.markers.found_in(text, but=MARK.findall(sent)):
            reader = self.markers.reader_by_email(who, mark) if "@" in who else self.markers.reader(who, mark)
            if name == OPENS_CONTACTS and reader not in ("its_own", "staff"):
                reader = "other_side"
            self._met[mark.field, mark.standing].setdefault(reader, f"{who} in {name}")

    @property
    def met(self) -> dict[Key, set[str]]:
        return {key: set(readers) for key, readers in self._met.items()}

    def check(self) -> None:
        """Fails where the table does not allow what was met, with the rows to judge."""
        rows = self._not_allowed()
        assert not rows, f"{HERE} does not allow this; judge each row:\n" + "\n".join(rows)

    def _not_allowed(self) -> list[str]:
        rows = []
        for key, places in sorted(self._met.items()):
            allowed = table().get(key, set())
            if more := places.keys() - allowed:
                cells = ", ".join("x" if reader in allowed | more else "-" for reader in READERS)
                rows.append(
                    f"{key[0] + ',':38} {key[1] + ',':8} {cells}  # {[places[reader] for reader in sorted(more)]}"
                )
        return rows
