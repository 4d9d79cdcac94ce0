"""What docs/events.md lists is what the code does: the topics that people and software are told of, and the schedule.

python -m notifications.events_page            write both lists anew
python -m notifications.events_page --check    fail unless they are as the code has them
"""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import django
from django.utils import translation

PAGE = Path(__file__).resolve().parent.parent / "docs" / "events.md"
BEGIN, END = "<!-- {}: written by `make events` -->", "<!-- end of {} -->"


def main(arguments: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    django.setup()
    before = PAGE.read_text()
    translation.activate("en")
    after = filled(before, topics="\n".join(topics()), schedule="\n".join(schedule()))
    if arguments == ["--check"]:
        if after != before:
            sys.stdout.write(f"{PAGE} is out of date: run make events\n")
        return int(after != before)
    PAGE.write_text(after)
    return 0


def filled(page: str, **lists: str) -> str:
    """The page with each list between its marks."""
    for name, text in lists.items():
        begin, end = BEGIN.format(name), END.format(name)
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}\n\n{text}\n\n{end}{after}"
    return page


def topics() -> Iterator[str]:
    """A row for each topic, by name."""
    from notifications.topics import TOPICS

    yield "| topic | what happened | people | software gets |"
    yield "|---|---|---|---|"
    for name, topic in sorted(TOPICS.items()):
        people = f"{topic.to or 'all'}{', named ones' if topic.is_personal else ''}"
        people += ", at once" if topic.is_essential else ""
        gets = ", ".join(f"`{word}`" for word in ("id", "url", *topic.codes)) if topic.for_software else "–"
        yield f"| `{name}` | {topic.summary} | {people} | {gets} |"


def schedule() -> Iterator[str]:
    """A row for each task that runs by itself."""
    from django.conf import settings

    yield "| what | task | when |"
    yield "|---|---|---|"
    for name, entry in sorted(settings.CELERY_BEAT_SCHEDULE.items()):
        yield f"| {name} | `{entry['task']}` | {_when(entry['schedule'])} |"


def _when(schedule: Any) -> str:
    """A span of time, or minute and hour in Vietnam."""
    if hasattr(schedule, "total_seconds"):
        seconds = schedule.total_seconds()
        unit, length = next((unit, length) for unit, length in UNITS if seconds >= length)
        return f"every {seconds / length:g} {unit}"
    return f"at minute {schedule._orig_minute} of hour {schedule._orig_hour}".replace("hour *", "every hour")  # noqa: SLF001


UNITS = (("h", 3600), ("min", 60), ("s", 1))

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
