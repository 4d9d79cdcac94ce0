"""One's own filters of a list, for the page of the list."""

from typing import Any

from django import template

from accounts.models import SavedFilter

register = template.Library()


@register.simple_tag(takes_context=True)
def saved_filters(context: Any, page: str) -> list[SavedFilter]:
    person = context["request"].user
    return list(SavedFilter.objects.filter(person_id=person.pk, page=page))
