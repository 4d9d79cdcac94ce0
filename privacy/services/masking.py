"""Masking an address and a telephone number wherever people wrote them: in every text and JSON column of ours."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

import phonenumbers
from django.apps import apps
from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Cast

from config.changes import changes_unnoted

MASK = "[…]"
OURS = ("accounts", "jobs", "notifications", "suppliers", "buyers", "matchmaking", "privacy")
NOT_PEOPLES_TEXT = frozenset(
    {
        "accounts.ApiKey.secret_hash",
        "accounts.ApiKey.visible_prefix",
        "accounts.Consent",  # the database refuses to change it, as the next
        "accounts.ContactReading",
        "accounts.Organisation.tax_code",  # ten digits, as a telephone number may have
        "accounts.User.password",
        "jobs.IdempotencyKey",  # goes as a whole
        "matchmaking.MatchResult",  # figures, codes and the engine's own sentences, which nobody may change
        "matchmaking.MatchRun",
        "notifications.WebhookEndpoint.secret",
        "notifications.WebhookEndpoint.former_secret",
        "privacy.Farewell",  # the last message is still to be sent
        "suppliers.Document.sha256",
        "suppliers.Document.stored_as",
        "suppliers.SupplierSearch",  # follows the firm
    }
)
"""Models, and columns, in which nobody writes what they like."""

_BETWEEN = r"(?:[\s.()/_\u00a0\u2010\u2011\u2012\u2013-]|\\[nrt]){0,3}"
"""What may stand between two digits of a number; also a line break as JSON writes it."""

Column: TypeAlias = "models.Field[Any, Any]"


def mask_everywhere(*, email: str, phone: str) -> None:
    """Put a mask in place of the address and the number, however that is written, in all that is stored.

    Args:
        email: or "".
        phone: as E.164, or "".
    """
    pattern = pattern_of(email=email, phone=phone)
    if pattern is None:
        return
    with changes_unnoted():  # or history would keep what is masked
        for model, columns in written_columns():
            for row in _rows_with(pattern, model, columns):
                _mask_row(row, columns, pattern)


def pattern_of(*, email: str, phone: str) -> re.Pattern[str] | None:
    """What to look for; None for nothing. PostgreSQL reads it as Python does."""
    parts = []
    if email:
        parts.append(rf"(?<![\w.+-]){re.escape(email)}(?!\w)")
    if phone:
        parts.append(_number(phone))
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _number(phone: str) -> str:
    """With or without country code and leading zero, with anything usual between the digits."""
    parsed = phonenumbers.parse(phone)
    code, digits = str(parsed.country_code), phonenumbers.national_significant_number(parsed)
    abroad = rf"(?:(?:\+|00){_BETWEEN})?{_BETWEEN.join(code)}{_BETWEEN}(?:0{_BETWEEN})?"
    return rf"(?<!\d)(?:{abroad}|0{_BETWEEN})?{_BETWEEN.join(digits)}(?!\d)"


@cache
def written_columns() -> tuple[tuple[type[models.Model], tuple[Column, ...]], ...]:
    """The columns of our own models that hold text or JSON."""
    found = []
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            columns = tuple(column for column in model._meta.concrete_fields if _is_written(column))  # noqa: SLF001
            if columns:
                found.append((model, columns))
    return tuple(found)


def _is_written(column: Column) -> bool:
    label = column.model._meta.label  # noqa: SLF001 - public, for all its underscore
    if {label, f"{label}.{column.name}"} & NOT_PEOPLES_TEXT or column.name == "public_id" or column.choices:
        return False
    return isinstance(column, models.CharField | models.TextField | models.JSONField)


def _rows_with(pattern: re.Pattern[str], model: type[models.Model], columns: tuple[Column, ...]) -> Iterator[Any]:
    everything = model._meta.base_manager  # noqa: SLF001 - as above
    condition, texts = Q(), {}
    for column in columns:
        text = f"{column.name}_as_text"
        texts[text] = Cast(column.name, models.TextField())
        condition |= Q(**{f"{text}__iregex": pattern.pattern})
    yield from everything.alias(**texts).filter(condition).order_by("pk").select_for_update()


def _mask_row(row: Any, columns: tuple[Column, ...], pattern: re.Pattern[str]) -> None:
    """Saved as a whole, so that what a model works out of its texts is worked out anew."""
    for column in columns:
        value = getattr(row, column.attname)
        setattr(row, column.attname, _masked(value, pattern, _mask_for(row, column), column.max_length))
    row.save()


def _masked(value: Any, pattern: re.Pattern[str], mask: str, most: int | None = None) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda _found: mask, value)[:most]
    if isinstance(value, dict):
        return {name: _masked(inner, pattern, mask) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, pattern, mask) for inner in value]
    return value


def _mask_for(row: Any, column: Column) -> str:
    """Names that must differ still do when both are masked."""
    constraints = (each for each in row._meta.constraints if isinstance(each, UniqueConstraint))  # noqa: SLF001
    return f"[…{row.pk}]" if any(column.name in each.fields for each in constraints) else MASK
