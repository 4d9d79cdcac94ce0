"""Abstract rows that every app builds on: public ids, versions, times."""

import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.errors import StaleVersionError
from config.text import has_control_characters, is_visible

if TYPE_CHECKING:
    from config.uploads import CheckedFile

NOTHING_VISIBLE = _("Contains nothing that can be seen.")
CONTROL_CHARACTERS = _("Contains control characters.")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letters that are mistaken for digits."""
_LETTER_OF_BYTE = (_ALPHABET * (256 // len(_ALPHABET))).encode()


def new_public_id(prefix: str) -> str:
    """An opaque id such as `sup_4k7m…`: the prefix and 20 random characters (100 bits)."""
    return f"{prefix}_{secrets.token_bytes(20).translate(_LETTER_OF_BYTE).decode()}"


def refuse_control_characters(text: str) -> None:
    """A validator for what people type into forms."""
    if has_control_characters(text):
        raise ValidationError(CONTROL_CHARACTERS, code="invisible")


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

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """As in the API, no text consists of signs that nobody sees."""
        super().clean_fields(exclude=exclude)
        texts = [
            field for field in self._meta.concrete_fields if isinstance(field, models.CharField | models.TextField)
        ]
        written = {field.name: getattr(self, field.attname) for field in texts if field.name not in (exclude or ())}
        unseen = [name for name, text in written.items() if text and not is_visible(text)]
        if unseen:
            raise ValidationError({name: ValidationError(NOTHING_VISIBLE, code="nothing_visible") for name in unseen})

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


class KeptFile(models.Model):
    """A file that somebody sent. Its content lies in the storage `uploads` under a name of chance, and was checked by
    `config.uploads`."""

    name = models.CharField(_("name of the file"), max_length=255)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64, help_text=_("Hex."))
    stored_as = models.CharField(max_length=100, unique=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="%(class)s_has_a_sha256"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="%(class)s_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    def take(self, upload: "CheckedFile", stored_as: str) -> None:
        """Describe the file that was stored under this name. The row is not saved."""
        self.name, self.media_type = upload.name, upload.media_type
        self.size_bytes, self.sha256 = upload.size_bytes, upload.sha256
        self.stored_as = stored_as
