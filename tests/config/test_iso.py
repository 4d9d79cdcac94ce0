"""What codes of languages are called, in both languages of the product."""

import pytest

from config.iso import language_names


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("vi", ["Tiếng Nhật", "Tiếng Hàn", "Tiếng Trung", "Tiếng Anh"]),
        ("en", ["Japanese", "Korean", "Chinese", "English"]),
    ],
)
def test_languages_of_investors_are_called_as_people_call_them(language: str, names: list[str]) -> None:
    assert [language_names(language)[code] for code in ("ja", "ko", "zh", "en")] == names
