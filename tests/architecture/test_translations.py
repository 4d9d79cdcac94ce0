"""Everything that people read is said in Vietnamese too, and nothing is lost on the way."""

import re
from collections import Counter
from collections.abc import Iterable
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as CatalogMessage
from django.contrib import admin
from django.contrib.admin.utils import flatten, label_for_field
from django.utils import translation
from django.utils.translation import gettext
from drf_spectacular.settings import spectacular_settings

from accounts.models import Organisation
from config import translations
from config.translations import as_mo, as_po, committed_catalog, compiled_file, faults_of, updated_catalog

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdg]\b|\{\w*\}|</?(?:a|strong)\b[^>]*>")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return committed_catalog()


def sides(message: CatalogMessage) -> tuple[list[str], list[str]]:
    """The forms of a message in English, and those in Vietnamese."""
    return forms(message.id), forms(message.string)


def forms(text: Iterable[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def test_every_message_of_the_product_is_translated_and_compiled() -> None:
    assert list(faults_of(updated_catalog())) == []


def test_a_missing_translation_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> None:
    broken = committed_catalog()
    del broken["Published"]
    broken.add("Published", "")
    broken.add("Said nowhere any more.", "Không còn được nói ở đâu.")
    monkeypatch.setattr(translations, "CATALOG", tmp_path / "django.po")
    monkeypatch.setattr(translations, "PROJECT", tmp_path)
    (tmp_path / "django.po").write_bytes(as_po(broken))
    (tmp_path / "django.mo").write_bytes(as_mo(catalog))
    wanted = committed_catalog()
    del wanted["Said nowhere any more."]

    assert list(faults_of(wanted)) == [
        "no longer in the code (run make messages): ('Said nowhere any more.', None)",
        "not translated in django.po: Published",
        "django.mo is out of date: run make messages",
    ]


def test_a_translation_keeps_every_placeholder_and_tag(catalog: Catalog) -> None:
    assert len(catalog) > 1000
    for message in catalog:
        english, vietnamese = sides(message)
        for said in vietnamese if message.id else []:
            assert Counter(PLACEHOLDER.findall(said)) == Counter(PLACEHOLDER.findall(english[0])), message.id


def test_no_translation_is_empty_or_a_guess(catalog: Catalog) -> None:
    doubtful = [m.id for m in catalog if m.id and (m.fuzzy or not all(said.strip() for said in sides(m)[1]))]

    assert doubtful == []


def test_a_translation_ends_and_breaks_as_the_message_does(catalog: Catalog) -> None:
    for message in catalog:
        english, vietnamese = sides(message)
        if message.id:
            assert english[0].endswith((".", ":", "\n")) == vietnamese[0].endswith((".", ":", "\n")), message.id
            assert english[0].startswith("\n") == vietnamese[0].startswith("\n"), message.id


def said_in(words: GNUTranslations, context: str | None, singular: str, plural: str | None = None) -> str:
    """Before Python 3.11.4, a message with a plural is found only by it."""
    if plural is None:
        return words.pgettext(context, singular) if context else words.gettext(singular)
    return words.npgettext(context, singular, plural, 1) if context else words.ngettext(singular, plural, 1)


def test_what_is_compiled_is_what_is_written(catalog: Catalog) -> None:
    compiled = GNUTranslations(BytesIO(compiled_file().read_bytes()))

    for message in catalog:
        english, vietnamese = sides(message)
        if message.id:
            assert said_in(compiled, message.context, *english) == vietnamese[0]


def test_what_packages_lack_in_vietnamese_is_said_here() -> None:
    with translation.override("vi"):
        assert gettext("Apply Filters") == "Áp dụng bộ lọc"
        assert gettext("Two-Factor Authentication") == "Xác thực hai bước"
        assert gettext("A valid number is required.") == "Cần một số hợp lệ."
        assert gettext("Skip to main content") == "Chuyển đến nội dung chính"


@pytest.mark.parametrize(("language", "label"), [("vi", "tạo lúc"), ("en", "created at")])
def test_a_field_without_a_name_of_its_own_is_named_in_the_readers_language(language: str, label: str) -> None:
    with translation.override(language):
        assert str(label_for_field("created_at", Organisation)) == label


def test_every_column_and_field_of_the_admin_has_a_vietnamese_name() -> None:
    labels: dict[str, set[str]] = {}
    for language in ("en", "vi"):
        with translation.override(language):
            labels[language] = {
                f"{model.__name__}: {label_for_field(name, model, model_admin)}"
                for model, model_admin in admin.site._registry.items()
                if model._meta.app_label in translations.APPS
                for name in {*model_admin.list_display, *flatten(model_admin.fields or ())} - {"action_checkbox"}
            }

    assert len(labels["vi"]) > 200
    assert labels["en"] & labels["vi"] == {"User: e-mail"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_api_document_is_english_whatever_the_language(language: str) -> None:
    with translation.override(language):
        document: dict[str, Any] = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)

    states = document["components"]["schemas"]["SupplierStateEnum"]["description"]
    assert "`published` - Published" in states
