"""The words of the OpenAPI document in the reader's language.

Views, serializers and `config.api.components` say them in English. `config.translations` takes its messages from the
finished document, so a new endpoint needs no marks in its code to be read in Vietnamese.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, pgettext

CONTEXT = "API document"
WORDS = ("summary", "description")
"""Members of operations, parameters, answers and headers that people read."""
CHOICE = re.compile(r"^(\* `[^`]*` - )(.+)$", re.MULTILINE)
"""A line that drf-spectacular writes of a choice; its label is a message of the code."""

Place = tuple[dict[str, Any], str]


def put_into_words(document: dict[str, Any]) -> None:
    """Replace what people read by what it is in the language of now."""
    for holder, member in places(document):
        holder[member] = _translated(holder[member])


def messages_of(document: dict[str, Any]) -> Iterator[str]:
    """What has to be translated."""
    for holder, member in places(document):
        if text := _without_choices(holder[member]):
            yield text


def places(document: dict[str, Any]) -> Iterator[Place]:
    """Where the document has words for people: everywhere but in examples."""
    yield from _in(document["info"])
    for listed in (*document.get("servers", ()), *document.get("tags", ())):
        yield from _in(listed)
    yield from _below(document["components"])
    yield from _below(document["paths"])
    yield from _below(document.get("webhooks", {}))


def _below(holder: Any) -> Iterator[Place]:
    if isinstance(holder, list):
        for each in holder:
            yield from _below(each)
    elif isinstance(holder, dict):
        yield from _in(holder)
        for member, value in holder.items():
            if member not in ("examples", "example", "enum"):
                yield from _below(value)


def _in(holder: dict[str, Any]) -> Iterator[Place]:
    return ((holder, member) for member in WORDS if isinstance(holder.get(member), str) and holder[member])


def _without_choices(text: str) -> str:
    return CHOICE.sub("", text).strip()


def _translated(text: str) -> str:
    said = _without_choices(text)
    choices = "\n".join(start + gettext(label) for start, label in CHOICE.findall(text))
    return "\n\n".join(part for part in (pgettext(CONTEXT, said) if said else "", choices) if part)
