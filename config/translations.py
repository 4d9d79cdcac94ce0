"""Vietnamese messages: collected from the code and compiled, with no program but Python.

python -m config.translations          collect new messages into django.po, compile django.mo
python -m config.translations --check  fail unless every message is translated and compiled
"""

import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as CatalogMessage
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
CATALOG = PROJECT / "config" / "locale" / "vi" / "LC_MESSAGES" / "django.po"
APPS = ("config", "accounts", "taxonomy", "jobs", "notifications", "suppliers", "buyers", "matchmaking")
Message = str | tuple[str, ...]
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}


def main(arguments: Sequence[str]) -> int:
    catalog = updated_catalog()
    if arguments == ["--check"]:
        faults = list(faults_of(catalog))
        print(*faults, sep="\n")
        return 1 if faults else 0
    CATALOG.parent.mkdir(parents=True, exist_ok=True)
    CATALOG.write_bytes(as_po(catalog))
    compiled_file().write_bytes(as_mo(catalog))
    return 0


def committed_catalog() -> Catalog:
    if not CATALOG.exists():
        return Catalog(locale="vi", header_comment="# What users read, in Vietnamese.", fuzzy=False)
    return read_po(BytesIO(CATALOG.read_bytes()), locale="vi")


def updated_catalog() -> Catalog:
    """The committed translations of exactly the messages that the code has now."""
    catalog, wanted = committed_catalog(), Catalog()
    for file in sorted(file for app in APPS for file in (PROJECT / app).rglob("*")):
        for message, context in messages_in(file):
            wanted.add(message, locations=[(str(file.relative_to(PROJECT)), 0)], context=context)
    catalog.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def messages_in(file: Path) -> Iterator[tuple[Message, str | None]]:
    """The messages of a Python file or a template, each with its context."""
    if file.suffix == ".py":
        source = file.read_text()
    elif file.suffix in (".html", ".txt") and "templates" in file.parts:
        source = templatize(file.read_text())
    else:
        return
    for _line, message, _comments, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        yield message, context


def faults_of(catalog: Catalog) -> Iterator[str]:
    """What keeps the committed translations from being complete, a line each."""
    known = {_key(message) for message in committed_catalog()}
    wanted = {_key(message) for message in catalog}
    yield from (f"no longer in the code (run make messages): {key}" for key in sorted(known - wanted, key=str))
    for message in catalog:
        if message.id and not all(_strings(message)):
            yield f"not translated in {CATALOG.relative_to(PROJECT)}: {message.id}"
        else:
            yield from (f"{error}: {message.id}" for error in message.check(catalog))
    if not compiled_file().exists() or compiled_file().read_bytes() != as_mo(committed_catalog()):
        yield f"{compiled_file().relative_to(PROJECT)} is out of date: run make messages"


def compiled_file() -> Path:
    return CATALOG.with_suffix(".mo")


def as_po(catalog: Catalog) -> bytes:
    """Without line numbers, so that moving code changes nothing here."""
    written = BytesIO()
    write_po(written, catalog, width=120, sort_output=True, include_lineno=False)
    return written.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    written = BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def _key(message: CatalogMessage) -> tuple[object, str | None]:
    return message.id, message.context


def _strings(message: CatalogMessage) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
