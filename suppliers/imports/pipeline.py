"""The way of a list from file to firms, for every door through which lists come."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from accounts.principals import Principal
from config.errors import NotAllowedError
from suppliers.facts import Origin
from suppliers.imports.apply import Applier, apply_firms
from suppliers.imports.columns import map_columns
from suppliers.imports.plan import PlannedFirm, plan_rows
from suppliers.imports.reading import Table, read_table
from suppliers.imports.report import Report
from suppliers.limits import check_observed
from taxonomy.vocabulary import current_vocabulary

Tell = Callable[[int, int], None]
TOLD_EVERY = 250
"""Rows."""


def _nobody(_done: int, _total: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How a list is to be read and used.

    `source` names the list and recognises its firms when it comes again; `columns` maps headings to fields where the
    guess is wrong; `country` is that of rows which do not say; `observed_on` is the day for which the list holds.
    Without `keep` it is a preview; with `all_or_nothing` a single skipped row keeps everything from being written;
    `submit` puts the firms into the review queue; `decided` says of rows (by number) that are likely a known firm which
    one they are, by public id, or `likenesses.NEW`.
    """

    source: str
    columns: Mapping[str, str] = field(default_factory=dict)
    country: str = "VN"
    observed_on: date | None = None
    keep: bool = True
    all_or_nothing: bool = False
    submit: bool = False
    decided: Mapping[int, str] = field(default_factory=dict)


def import_firms(path: Path, wishes: Wishes, *, by: Principal) -> Report:
    """Read a list of firms and import it: see `import_table`.

    Raises:
        NotATableError: the file cannot be read as a table.
    """
    require_importer(by)
    return import_table(read_table(path), wishes, by=by)


def require_importer(by: Principal) -> None:
    """
    Raises:
        NotAllowedError: the actor is no officer of the agency who may write.
    """
    if not (by.is_staff and by.can_write and by.user is not None):
        raise NotAllowedError


def import_table(table: Table, wishes: Wishes, *, by: Principal, tell: Tell = _nobody) -> Report:
    """Map, resolve, plan and apply a list of firms, all in one transaction.

    Args:
        tell: is told now and then how many rows are done, of how many. What it raises undoes everything.

    Raises:
        NotAllowedError: the actor is no officer of the agency who may write.
        ColumnError: the columns do not say what is needed.
        InvalidFactError: the list is dated in the future.
    """
    require_importer(by)
    origin = Origin(observed_on=wishes.observed_on, source=wishes.source)
    check_observed(origin.day)
    columns = map_columns(table.columns, wishes.columns)
    firms = plan_rows(table.rows, columns, country=wishes.country, vocabulary=current_vocabulary())
    firms = _counted(firms, len(table.rows), tell)
    applier = Applier(source=wishes.source, origin=origin, by=by, submit=wishes.submit, decided=wishes.decided)
    rows, applied = apply_firms(firms, applier, keep=wishes.keep, all_or_nothing=wishes.all_or_nothing)
    left_out = [name for name in table.columns if name not in columns]
    return Report(wishes.source, columns, left_out, applied, rows)


def _counted(firms: Iterator[PlannedFirm], total: int, tell: Tell) -> Iterator[PlannedFirm]:
    """The firms, telling how far it is between them."""
    tell(0, total)
    for done, firm in enumerate(firms, start=1):
        yield firm
        if done % TOLD_EVERY == 0 or done == total:
            tell(done, total)
