"""Rows of the admin's lists: what is the same for each of them is worked out once for a list, or once for all.

unfold and Django do so for each row and each link, which took two thirds of the page.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Model
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from unfold.templatetags import unfold_list
from unfold.views import ChangeList

from config.admin_cells import Links, columns_of, drawn

_headers_of = unfold_list.result_headers
LINK_CLASS = " ".join(unfold_list.LINK_CLASSES)


class RowList(ChangeList):
    """A list whose rows lead to their pages."""

    def url_for_result(self, result: Any) -> str:
        pk = getattr(result, self.pk_attname)
        if isinstance(pk, int):
            return page_of(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", pk)
        address: str = super().url_for_result(result)
        return address

    def get_query_string(self, new_params: Any = None, remove: Iterable[str] | None = None) -> str:
        """As Django's; what a page's many links have in common is encoded once."""
        left_out = tuple(remove or ())
        chosen = {name: value for name, value in self.filter_params.items() if not name.startswith(left_out)}
        chosen |= new_params or {}
        return "?" + "&".join(
            _encoded(name, tuple(map(str, value)) if isinstance(value, list | tuple) else value)
            for name, value in sorted(chosen.items(), key=itemgetter(0))
            if value is not None
        )


@lru_cache(maxsize=4096, typed=True)
def _encoded(name: str, value: Any) -> str:
    return urlencode([(name, value)], doseq=True)


def page_of(name: str, pk: int) -> str:
    """The address of a row's page: `reverse` with its number, for very many rows."""
    before, behind = _around(name, get_script_prefix())
    return f"{before}{pk}{behind}"


@lru_cache(maxsize=512)
def _around(name: str, _script_prefix: str) -> tuple[str, str]:
    """What stands before and behind the number in such addresses."""
    before, _zero, behind = reverse(name, args=[0]).rpartition("/0/")
    return f"{before}/", f"/{behind}"


@lru_cache(maxsize=512)
def _query_of(preserved: str) -> str:
    """What the address of a row's page says of the list from which it was opened."""
    return f"?{urlencode(dict(parse_qsl(preserved)))}" if preserved else ""


def headers_once(changelist: Any) -> list[dict[str, Any]]:
    """The headers of a list, which unfold and the rows ask for, with texts that are translated and escaped."""
    if not hasattr(changelist, "headers_made"):
        headers = _headers_of(changelist)
        changelist.headers_made = [{**header, "text": conditional_escape(header["text"])} for header in headers]
    made: list[dict[str, Any]] = changelist.headers_made
    return made


def rows_of(changelist: Any) -> Iterator[SafeString]:
    """The rows of a list's page, for the template of its table."""
    columns = columns_of(changelist, [header["text"] for header in headers_once(changelist)])
    return drawn(changelist.result_list, columns, links_of(changelist))


def links_of(changelist: Any) -> Links:
    """Links to the pages of rows. A row that has none is not linked."""
    kept = conditional_escape(_query_of(changelist.preserved_filters))
    key = changelist.to_field or changelist.pk_attname

    def link(row: Model, text: str) -> str:
        try:
            address = conditional_escape(changelist.url_for_result(row))
        except NoReverseMatch:
            return text
        opened = (
            f' data-popup-opener="{conditional_escape(row.serializable_value(key))}"' if changelist.is_popup else ""
        )
        return f'<a href="{address}{kept}" class="{LINK_CLASS}"{opened}>{text}</a>'

    return link


unfold_list.result_headers = headers_once
unfold_list.results = rows_of
