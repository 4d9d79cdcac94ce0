"""Texts in which there is nothing to see are none, however they come in."""

import pytest
from django.core.exceptions import ValidationError
from rest_framework.exceptions import ValidationError as Refusal

from accounts.forms import SignUpForm
from accounts.models import Organisation
from config.api.fields import TextField
from config.text import is_visible
from suppliers.imports import cells

UNSEEN = {
    "zero width": "\u200b\u200d",
    "soft hyphen": "\u00ad",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "variation selector": "\ufe0f",
    "mark without letter": "\u0301",
    "Hangul filler": "\u3164",
    "empty braille cell": "\u2800",
    "tag": "\U000e0041",
}
SEEN = ["Phú Tùng", "株式会社", "한국", "7", "…", "+", "a\u200b", "👍"]


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
@pytest.mark.parametrize("allow_blank", [False, True])
def test_the_api_refuses_them(text: str, allow_blank: bool) -> None:
    with pytest.raises(Refusal) as refused:
        TextField(allow_blank=allow_blank).run_validation(f" {text}\t{text} ")

    assert refused.value.get_codes() == ["nothing_visible"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_forms_imports_and_sign_up_refuse_them(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Organisation(kind="buyer", legal_name=text, tax_code="0100233488").full_clean()
    assert refused.value.error_dict["legal_name"][0].code == "nothing_visible"

    with pytest.raises(cells.CellError):
        cells.short(text, most=250)

    form = SignUpForm({"full_name": text, "terms_version": "2026-11"})
    assert form.errors.as_data()["full_name"][0].code in ("nothing_visible", "required")


@pytest.mark.parametrize("text", SEEN)
def test_whatever_is_seen_is_text(text: str) -> None:
    assert is_visible(text)
    assert TextField().run_validation(text) == text
