"""The choices of a list's filter, of which a page may show a hundred."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.contrib.admin import BooleanFieldListFilter
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
SIDE_BY_SIDE = (
    (
        "dark:bg-base-900 border border-base-200 flex min-w-20 rounded-default shadow-xs text-font-default-light"
        " dark:border-base-700 dark:text-font-default-dark w-full"
    ),
    "basis-1/3 border-r border-base-200 grow truncate last:border-r-0 dark:border-base-700",
    "block py-2 text-center hover:text-primary-600 dark:hover:text-primary-500",
)
ONE_BELOW_THE_OTHER = (
    "border border-base-200 flex flex-col rounded-default shadow-xs dark:border-base-700",
    "border-b border-base-200 last:border-b-0 dark:border-base-700",
    "block px-3 py-2 hover:text-primary-600 dark:hover:text-primary-500",
)
"""Classes, as unfold has them, of a list, of its items and of their links."""
CHOSEN = "font-semibold text-primary-600 dark:text-primary-500"
OTHERS = "hover:text-base-700 dark:hover:text-base-200"


@register.simple_tag
def filter_choices(spec: Any, choices: Iterable[Mapping[str, Any]]) -> SafeString:
    """Draws them as unfold does, without a template's steps for each."""
    side_by_side = isinstance(spec, BooleanFieldListFilter) or getattr(spec, "horizontal", False)
    of_list, of_item, of_link = SIDE_BY_SIDE if side_by_side else ONE_BELOW_THE_OTHER
    drawn = "\n".join(
        _item(choice, f"{of_item} {CHOSEN if choice['selected'] else OTHERS}", of_link) for choice in choices
    )
    return mark_safe(f'<ul class="{of_list}">{drawn}</ul>')  # noqa: S308 - of each choice, address and name are escaped


def _item(choice: Mapping[str, Any], of_item: str, of_link: str) -> str:
    address, name = conditional_escape(choice["query_string"]), conditional_escape(choice["display"])
    return f'<li class="{of_item}"><a href="{address}" title="{name}" class="{of_link}">{name}</a></li>'
