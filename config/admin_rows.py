"""Rows of the admin's lists: what is the same for each of them is worked out once for a list, or once for all.

unfold and Django do so for each row, which took a third of the page.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.urls import get_script_prefix, reverse
from django.utils.html import conditional_escape
from unfold.templatetags import unfold_list
from unfold.views import ChangeList

_headers_of = unfold_list.result_headers


class RowList(ChangeList):
    """A list whose rows lead to their pages."""

    def url_for_result(self, result: Any) -> str:
        pk = getattr(result, self.pk_attname)
        if isinstance(pk, int):
            return page_of(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", pk)
        address: str = super().url_for_result(result)
        return address


def page_of(name: str, pk: int) -> str:
    """The address of a row's page: `reverse` with its number, for very many rows."""
    before, behind = _around(name, get_script_prefix())
    return f"{before}{pk}{behind}"


@lru_cache(maxsize=512)
def _around(name: str, _script_prefix: str) -> tuple[str, str]:
    """What stands before and behind the number in such addresses."""
    before, _zero, behind = reverse(name, args=[0]).rpartition("/0/")
    return f"{before}/", f"/{behind}"


def headers_once(changelist: Any) -> list[dict[str, Any]]:
    """The headers of a list, which unfold asks for with every row, with texts that are translated and escaped."""
    if not hasattr(changelist, "headers_made"):
        headers = _headers_of(changelist)
        changelist.headers_made = [{**header, "text": conditional_escape(header["text"])} for header in headers]
    made: list[dict[str, Any]] = changelist.headers_made
    return made


def keeping_filters(context: dict[str, Any], url: str, *arguments: Any) -> str:
    """Django's `add_preserved_filters` for the address of a row's page: that it is no list's is known here, and not
    asked of all routes."""
    if arguments or "?" in url:
        kept: str = add_preserved_filters(context, url, *arguments)
        return kept
    return url + _query_of(context["preserved_filters"])


@lru_cache(maxsize=512)
def _query_of(preserved: str) -> str:
    return f"?{urlencode(dict(parse_qsl(preserved)))}" if preserved else ""


unfold_list.result_headers = headers_once
unfold_list.add_preserved_filters = keeping_filters
