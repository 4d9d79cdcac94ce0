"""What firms are found by, what is listed of them, and the questions that find them."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.names import name_key
from config.fulltext import DocumentField, DocumentIndex, Question, all_of, any_of, code, word
from taxonomy.models import Kind
from taxonomy.questions import Part, parts_of

PLACE = "c"
"""The province that counts for corridors: the one before July 2025 where the address names it."""
KINDS = {Kind.PROCESS: "p", Kind.MATERIAL: "m", Kind.STANDARD: "s", Kind.SECTOR: "f", Kind.PROVINCE: "r"}
"""How codes stand in a document. The triggers write the same letters."""


class SupplierSearch(models.Model):
    """What anybody may find a firm by and reads of it in a list, in one row. Kept by triggers, in the transaction that
    changes the firm.

    The document holds the words of its names and, as codes, its processes and materials with all above them, its
    sectors, the standards of certificates that were not rejected, and the provinces of its sites. Beside it stand the
    firm's own codes, sorted and without repeats, and each of those certificates by standard.
    """

    supplier = models.OneToOneField(
        "suppliers.Supplier", on_delete=models.CASCADE, primary_key=True, related_name="search"
    )
    name_key = models.CharField(max_length=500, blank=True)
    document = DocumentField()
    process_codes = ArrayField(models.TextField(), default=list, db_default=[])
    material_codes = ArrayField(models.TextField(), default=list, db_default=[])
    sector_codes = ArrayField(models.TextField(), default=list, db_default=[])
    province_references = ArrayField(models.TextField(), default=list, db_default=[])
    standards_held = models.JSONField(default=list, db_default=[])

    class Meta:
        verbose_name = _("what a firm is found by")
        verbose_name_plural = _("what firms are found by")
        indexes = [
            DocumentIndex(name="supplier_found_by"),
            models.Index(fields=["name_key", "supplier"], name="supplier_by_name"),
        ]

    def __str__(self) -> str:
        return self.name_key


def parts_of_text(text: str) -> list[Part]:
    """The words of a text, without those for the legal form, as they name processes, materials, standards and so on."""
    return parts_of(name_key(text).split(), kinds=KINDS)


def asked_in(parts: Iterable[Part]) -> Question:
    """Firms that are called so, or do what the words mean: each part on its own. What is quick to deny comes first."""
    return all_of(
        any_of([all_of(map(word, part.words)), *(code(KINDS[kind], of) for kind, of in part.codes)])
        for part in sorted(parts, key=lambda part: len(part.codes))
    )


def with_any(kind: Kind, codes: Iterable[str]) -> Question:
    """Firms with one of these codes."""
    return any_of(code(KINDS[kind], of) for of in codes)


def placed_in(provinces: Iterable[str]) -> Question:
    """Firms with a site that counts to one of these provinces, by edition and code, when it comes to corridors."""
    return any_of(code(PLACE, reference) for reference in provinces)
