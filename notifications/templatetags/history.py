"""What happened to a thing, for its page in the admin."""

from typing import Any

from django import template
from django.core.paginator import Page

from notifications.history import Act, acts_on
from notifications.topic_names import name_of

register = template.Library()


@register.simple_tag(takes_context=True)
def history_of(context: Any, row: Any) -> Page[Act]:
    """The page that the address asks for."""
    return acts_on(row.public_id, page=context["request"].GET.get(context["page_var"], 1))


@register.filter
def topic_name(topic: str) -> str:
    return name_of(topic)
