"""The lists in the bar beside each page of the admin, drawn once for all who see the same."""

from typing import Any
from urllib.parse import quote

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from accounts.admin_site import seen_by

register = template.Library()
NAME = "admin/app_list.html"
MOST_DRAWN = 128
_drawn: dict[tuple[str, str, str], SafeString] = {}


@register.simple_tag(takes_context=True)
def sidebar(context: Any) -> SafeString:
    """As unfold draws it. Of the page's own address only those of lists that it holds are marked."""
    request, lists = context["request"], context["app_list"]
    marked = "\n".join(_held(request.path, lists))
    key = (*seen_by(request), marked)
    drawn = _drawn.get(key)
    if drawn is None:
        drawn = _unfolds(context).render(Context({"app_list": lists, "request": {"path": marked}}))
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        _drawn[key] = drawn
    return drawn


def _held(path: str, lists: list[dict[str, Any]]) -> list[str]:
    held = f"{path}\n{quote(path)}"
    addresses = (address for app in lists for address in (app["app_url"], *(row["admin_url"] for row in app["models"])))
    return [address for address in addresses if address and address in held]


def _unfolds(context: Any) -> Any:
    """unfold's own template, which stands behind the one that calls this."""
    engine = context.template.engine
    return engine.find_template(NAME, skip=[engine.get_template(NAME).origin])[0]
