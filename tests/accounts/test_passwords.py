"""Which passwords are refused: short ones and guessable ones, and none for the signs it is made of."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.factories.accounts import UserFactory


@pytest.mark.parametrize(
    "password",
    [
        "tre xanh bờ đê 7",
        "correct horse battery",
        "correcthorsebattery",
        "738294650183926",
        "xqzvkjwpbtrm",
        "!§$%&/()=?*+~#",
        "パスワードは長いほうがよい",
        "a " * 60 + "long one",
    ],
)
def test_long_and_uncommon_is_enough(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short enough", None),
        ("xqzvkjwpbtr", "password_too_short"),
        ("Password2026!", "password_too_common"),
        ("1q2w3e4r5t6y", "password_too_common"),
        ("qwertyuiop12", "password_too_common"),
        ("123456789123", "password_too_common"),
        ("matchmaking-2026", "password_too_common"),
        ("Supplier_Hanoi_1", "password_too_common"),
        ("aaaaaaaaaaaaaaa", "password_too_common"),
        ("12121212121212", "password_too_common"),
        ("lan.nguyen@firm.example", "password_too_similar"),
        ("Nguyễn Thị Lan", "password_too_similar"),
    ],
)
def test_guessable_is_refused_and_says_why(password: str, code: str | None) -> None:
    person = UserFactory.build(email="lan.nguyen@firm.example", full_name="Nguyễn Thị Lan")
    codes: set[str | None] = set()
    try:
        validate_password(password, person)
    except ValidationError as refused:
        codes = {error.code for error in refused.error_list}

    assert codes == ({code} if code else set())
