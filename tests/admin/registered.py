"""Every page of the admin, and rows for it to show."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import connection, models


def registered() -> Iterator[Any]:
    """The `ModelAdmin` of each model that has one."""
    return (
        admin.site.get_model_admin(model)
        for model in sorted(apps.get_models(), key=lambda model: model._meta.label_lower)
        if admin.site.is_registered(model)
    )


ONE_ROW = {"taxonomy.TaxonomyVersion"}
"""Tables that never hold more."""


BENEATH = {"notifications.DeadLetter": ("notifications.Delivery", "state = 'dead'")}
"""Views of the database: the table of which they show rows, and which rows."""


def copy_rows(model: type[Any], *, until: int, which: str = "true") -> bool:
    """Copy a row of the table until there are so many, whatever may be there once only: a list does not mind.

    False where there is none to copy.

    For a transaction that is undone: it takes the table's unique constraints and triggers away for the rest of it.
    """
    if model._meta.label in ONE_ROW:
        return True
    if model._meta.label in BENEATH:
        label, which = BENEATH[model._meta.label]
        return copy_rows(apps.get_model(label), until=until, which=which)
    there = model._base_manager.extra(where=[which])  # noqa: S610  # our own words
    table, key = model._meta.db_table, model._meta.pk
    is_counted = isinstance(key, models.AutoField)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        cursor.execute(
            "SELECT indexrelid::regclass::text, conname FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid"
            " AND contype IN ('u', 'p') WHERE indrelid = %s::regclass AND indisunique AND NOT (indisprimary AND %s)",
            [f'"{table}"', is_counted],
        )
        for index, constraint in cursor.fetchall():
            drop = (
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint}" CASCADE' if constraint else f"DROP INDEX {index}"
            )
            cursor.execute(drop)
        kept = [
            f'"{field.column}"' for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)
        ]
        new = [
            f"{until * 1_000_000} + series.nth" if is_counted and column == f'"{key.column}"' else column
            for column in kept
        ]
        cursor.execute(
            f'INSERT INTO "{table}" ({", ".join(kept)}) SELECT {", ".join(new)}'  # noqa: S608
            f' FROM (SELECT * FROM "{table}" WHERE {which} LIMIT 1) one, generate_series(1, %s) series (nth)',
            [max(0, until - there.count())],
        )
    return bool(there.exists())
