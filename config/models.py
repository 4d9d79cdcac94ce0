"""Abstract rows that every app builds on: public ids, versions, times."""

import secrets
from typing import Any, ClassVar

from django.db import models

from config.errors import StaleVersionError

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letters that are mistaken for digits."""


def new_public_id(prefix: str) -> str:
    """An opaque id such as `sup_4k7m…`: the prefix and 20 random characters (100 bits)."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(20))


class Resource(models.Model):
    """A row that the API shows: found by its public id, changed only by who has read its newest version."""

    PREFIX: ClassVar[str]

    public_id = models.CharField(max_length=32, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.public_id:
            self.public_id = new_public_id(self.PREFIX)

    def check_version(self, expected: int | None) -> None:
        """Refuse a change based on an old copy. Call it on a row that is locked.

        Raises:
            StaleVersionError: the row has moved on since version `expected`.
        """
        if expected is not None and expected != self.version:
            raise StaleVersionError(expected=expected, current=self.version)

    def save_next_version(self) -> None:
        """Save all fields as the next version. Call it on a row that is locked."""
        self.version += 1
        self.save()
