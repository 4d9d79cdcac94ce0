"""Lists of the admin as files: the rows that its filters and search leave, in its order, under its columns.

Any list, without being told of it: `ModelAdmin` knows all that is needed. Short ones are written at once, long ones by
a worker, which asks the same page in the name of who wanted the file.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import IO, Any

import structlog
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from config.errors import DomainError, InvalidFactError, NotAllowedError
from config.tables.cells import Cell, cell
from config.tables.writing import MEDIA_TYPES, WRITERS
from jobs.kinds import register
from jobs.runs import File, Result, Run

KIND = "admin_list"
AT_MOST = 5
"""Files for which the agency may be waiting at a time."""
AT_ONCE = 2_000
"""Rows that are written while the browser waits: well under a second."""
MOST_ROWS = 1_000_000
"""A sheet holds few more."""
BATCH = 500
PASSING = ("p", "all", "e")
"""Parameters of a list that choose a page of it."""
WRITING = gettext_noop("Writing rows")

log = structlog.get_logger(__name__)


class TooManyRowsError(DomainError):
    """More rows than a sheet holds."""

    code = "too_many_rows"
    title = _("A file holds at most a million rows. Choose fewer by filters or search.")


def register_list_files() -> None:
    register(KIND, write_list, at_most=AT_MOST, is_file_personal=True)


def page_named(label: str) -> Any:
    """The page of a model such as “suppliers.supplier”.

    Raises:
        LookupError: there is none.
    """
    app, _dot, name = label.partition(".")
    model: Any = apps.get_model(app, name)
    if not admin.site.is_registered(model):
        raise LookupError(label)
    return admin.site.get_model_admin(model)


@dataclass(frozen=True)
class ListColumn:
    """A column of the list. What it shows on a page is told as plain text, number or day."""

    name: Any
    header: str
    page: Any

    def of(self, row: Any) -> Cell:
        try:
            field, _attribute, value = lookup_field(self.name, row, self.page)
        except ObjectDoesNotExist:
            return None
        if field is not None and field.flatchoices:
            value = dict(field.flatchoices).get(value, value)
        return cell(plain(value))


class ListFile:
    """What a person finds in a list of the admin.

    Args:
        page: the list's `ModelAdmin`.
        request: of the person, with the list's own parameters.

    Raises:
        NotAllowedError: the person may not look at the list.
        IncorrectLookupParameters, DisallowedModelAdminLookup: there is no such choice of rows.
        TooManyRowsError: too many are chosen.
    """

    def __init__(self, page: Any, request: HttpRequest) -> None:
        if not page.has_view_permission(request):
            raise NotAllowedError
        self._page, self._request = page, request
        self._list = page.get_changelist_instance(request)
        if self.length > MOST_ROWS:
            raise TooManyRowsError

    @cached_property
    def length(self) -> int:
        """How many rows there are, of which the list itself may count only the first."""
        if getattr(self._list.paginator, "leaves_out", False):
            return int(self._list.queryset.count())
        return int(self._list.result_count)

    @property
    def columns(self) -> list[ListColumn]:
        """Those that the person sees, and the id by which other software knows the row."""
        shown = [name for name in self._page.get_list_display(self._request) if not only_leads(self._page, name)]
        names = [*_public_id(self._page.opts, shown), *shown]
        model = self._page.model
        return [ListColumn(name, capfirst(str(label_for_field(name, model, self._page))), self._page) for name in names]

    def batches(self) -> Iterator[list[list[Cell]]]:
        """Rows that leave the list meanwhile are left out. No query stays open between two batches."""
        columns = self.columns
        ids = list(self._list.queryset.values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            wanted = ids[start : start + BATCH]
            rows = self._list.root_queryset.filter(pk__in=wanted)
            if not rows.query.select_related:  # as the list itself does
                rows = self._list.apply_select_related(rows)
            found = {row.pk: row for row in rows}
            yield [[column.of(found[pk]) for column in columns] for pk in wanted if pk in found]

    def written(self, kind: str, *, tell: Callable[[int], None] = lambda _done: None) -> File:
        """The file, as csv or xlsx, in the language that is active."""
        done = 0

        def told() -> Iterator[list[list[Cell]]]:
            nonlocal done
            for batch in self.batches():
                yield batch
                done += len(batch)
                tell(done)

        content: IO[bytes] = WRITERS[kind]([column.header for column in self.columns], told())
        opts = self._page.opts
        log.info("list_written", page=opts.label_lower, format=kind, rows=done, asked_by=self._request.user.pk)
        name = f"{opts.model_name}-{timezone.localdate()}.{kind}"
        return File(name=name, media_type=MEDIA_TYPES[kind], content=content)


def chosen_by(query: str) -> QueryDict:
    """The parameters of a list's address, without those that choose a page of it."""
    parameters = QueryDict(query, mutable=True)
    for name in PASSING:
        parameters.pop(name, None)
    return parameters


def write_list(run: Run) -> Result:
    """Write the file of a long list, as who asked finds it by now."""
    asked = run.parameters
    run.report(0, phrase=WRITING)
    request: Any = HttpRequest()
    request.method, request.GET = "GET", chosen_by(asked["query"])
    request.user = run.by.user
    try:
        rows = ListFile(page_named(asked["list"]), request)
    except (IncorrectLookupParameters, LookupError):
        raise InvalidFactError(_("There is no such list any more."), pointer="/query") from None
    file = rows.written(asked["format"], tell=lambda done: run.report(done, total=rows.length, phrase=WRITING))
    return Result(value={"rows": rows.length}, file=file)


def plain(value: Any) -> Any:
    """What marks up a value on the page is left out; JSON is told as such."""
    if isinstance(value, SafeString):
        return unescape(strip_tags(value))
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict) else value


def only_leads(page: Any, name: Any) -> bool:
    """Whether a column is a link to another page and tells nothing of the row."""
    shows = name if callable(name) else getattr(page, name, None)
    return getattr(shows, "only_leads", False)


def _public_id(opts: Any, shown: list[Any]) -> list[str]:
    try:
        opts.get_field("public_id")
    except FieldDoesNotExist:
        return []
    return [] if "public_id" in shown else ["public_id"]
