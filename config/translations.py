"""Vietnamese messages: collected from the code and compiled, with no program but Python.

What packages do not say in Vietnamese themselves is said here, as far as people of this product meet it.

python -m config.translations          collect new messages into django.po, compile django.mo
python -m config.translations --check  fail unless every message is translated and compiled
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as CatalogMessage
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from config.api import wording
from config.api.wording import messages_of
from config.apps import CONTEXT, unnamed_fields

PROJECT = Path(__file__).resolve().parent.parent
CATALOG = PROJECT / "config" / "locale" / "vi" / "LC_MESSAGES" / "django.po"
APPS = ("config", "accounts", "taxonomy", "jobs", "notifications", "privacy", "suppliers", "buyers", "matchmaking")
PACKAGES = {
    "unfold": r"(admin|forms|widgets)\.py|(mixins|templatetags|templates)/.*",
    "allauth": r"account/(adapter|admin|fields|forms|models)\.py|mfa/(adapter|apps|models|(base|totp)/forms)\.py"
    r"|templates/(account|mfa)/(?!email/|webauthn/|.*(phone|passkey)).*",
    "rest_framework": r"(exceptions|fields|relations|serializers|validators)\.py",
    "django": r"contrib/admin/(options\.py|templates/admin/.*)|contrib/auth/password_validation\.py"
    r"|contrib/postgres/fields/array\.py|core/validators\.py|db/models/(constraints|fields/(__init__|related))\.py"
    r"|forms/(fields|formsets|models)\.py",
}
"""Files with messages that people meet, of packages that have no Vietnamese or not all of it."""
SPOKEN = ("django.conf", *(f"django.contrib.{app}" for app in ("admin", "auth", "postgres")), "rest_framework")
"""Packages that have some: what they say need not be said again."""
Message = str | tuple[str, ...]
Found = tuple[str, Message, str | None]
"""Where a message stands, itself, and its context."""
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "Phrase")),
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
    """The committed translations of exactly the messages that the product can show now."""
    catalog, wanted = committed_catalog(), Catalog()
    for place, message, context in (*of_the_apps(), *of_fields(), *of_the_api_document(), *of_packages()):
        wanted.add(message, locations=[(place, 0)], context=context)
    catalog.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def of_the_apps() -> Iterator[Found]:
    """What our own code and templates say."""
    for file in sorted(file for app in APPS for file in (PROJECT / app).rglob("*")):
        for message, context in messages_in(file):
            yield str(file.relative_to(PROJECT)), message, context


def of_fields() -> Iterator[Found]:
    """What fields without a name of their own are called."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    django.setup()
    for field, name in unnamed_fields():
        yield f"{field.model.__module__.replace('.', '/')}.py", name, CONTEXT


def of_the_api_document() -> Iterator[Found]:
    """What the OpenAPI document says to people, as the code describes it now."""
    from config.api.schema import DocumentGenerator  # here, because settings are needed

    document = DocumentGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    for message in messages_of(document):
        yield "config/api/openapi-v1.yaml", message, wording.CONTEXT


def of_packages() -> Iterator[Found]:
    """What packages say that has no Vietnamese words in any of them."""
    spoken = [words for package in SPOKEN for words in _vietnamese_of(package)]
    for package, wanted in PACKAGES.items():
        root = Path(str(files(package)))
        for file in sorted(file for file in root.rglob("*") if re.fullmatch(wanted, str(file.relative_to(root)))):
            for message, context in messages_in(file):
                if not any(_says(words, message, context) for words in spoken):
                    yield f"{package}/{file.relative_to(root)}", message, context


def _vietnamese_of(package: str) -> Iterator[GNUTranslations]:
    for file in Path(str(files(package))).rglob("locale/vi/LC_MESSAGES/django.mo"):
        yield GNUTranslations(BytesIO(file.read_bytes()))


def _says(words: GNUTranslations, message: Message, context: str | None) -> bool:
    singular, plural = (message, None) if isinstance(message, str) else message
    said = words.pgettext(context, singular) if context else words.gettext(singular)
    if said == singular and plural is not None:  # before Python 3.11.4, only `ngettext` finds it
        said = words.npgettext(context, singular, plural, 1) if context else words.ngettext(singular, plural, 1)
    return said != singular


def messages_in(file: Path) -> Iterator[tuple[Message, str | None]]:
    """The messages of a Python file or a template, each with its context."""
    if file.suffix == ".py":
        source = file.read_text()
    elif file.suffix in (".html", ".txt") and "templates" in file.parts:
        source = f"({templatize(file.read_text())})"  # within brackets, the template's indentation says nothing
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
        if message.id and (message.fuzzy or not all(_strings(message) or ("",))):
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
