"""Every name under which an entry may be written: the one place that search and the resolver look."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramSimilarity
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from taxonomy.text import fold, nfc

LONGEST_TERM = 255
LEAST_SIMILARITY = 0.5
"""Trigram similarity from which a misspelt word still finds a name; pg_trgm's own 0.3 finds too much."""


class Kind(models.TextChoices):
    """The kinds of entries; also the names of Term's references to them."""

    PROCESS = "process", _("process")
    MATERIAL = "material", _("material")
    STANDARD = "standard", _("standard")
    PROVINCE = "province", _("province")
    CORRIDOR = "corridor", _("corridor")
    PARK = "park", _("industrial park")
    INDUSTRY = "industry", _("industry")
    SECTOR = "sector", _("sector")


class Source(models.TextChoices):
    """Where a term comes from.

    A title, a superseded name or an ambiguous word is for search and for asking: the resolver never picks by it.
    """

    NAME = "name", _("name")
    SYNONYM = "synonym", _("synonym")
    EQUIVALENT = "equivalent", _("equivalent grade")
    ALIAS = "alias", _("alias")
    TAUGHT = "taught", _("taught by staff")
    TITLE = "title", _("title")
    SUPERSEDED = "superseded", _("superseded")
    AMBIGUOUS = "ambiguous", _("ambiguous")


class TermQuerySet(models.QuerySet["Term"]):
    """Questions to the terms."""

    def shipped(self) -> Self:
        """Terms that the shipped files own; the rest were taught by staff and outlive a reload."""
        return self.exclude(source=Source.TAUGHT)

    def fitting(self, text: str) -> Self:
        """Terms that `text` finds, with `rank`: as written, same key, beginning, every word inside, similar.

        Within one of these the shorter term comes first.
        """
        key = fold(text)
        if not key:
            return self.none().annotate(rank=Value(0))
        every_word = Q(*(Q(key__contains=word) for word in key.split()))
        similarity = TrigramSimilarity("key", key)
        distance = Cast((Value(1.0) - similarity) * 255, IntegerField())
        closeness = Case(
            When(text__iexact=text, then=Value(0)),
            When(key=key, then=Value(1)),
            When(key__startswith=key, then=Value(2)),
            When(every_word, then=Value(3)),
            default=Value(4),
        )
        nearness = Case(When(every_word, then=Length("key")), default=distance)
        found = every_word | Q(key__trigram_similar=key, similarity__gte=LEAST_SIMILARITY)
        ranked = self.alias(similarity=similarity).filter(found)
        return ranked.annotate(rank=closeness * 1000 + nearness)


class Term(models.Model):
    """One spelling of one entry's name."""

    process = models.ForeignKey(
        "taxonomy.Process", models.CASCADE, null=True, blank=True, related_name="terms", verbose_name=_("process")
    )
    material = models.ForeignKey(
        "taxonomy.Material", models.CASCADE, null=True, blank=True, related_name="terms", verbose_name=_("material")
    )
    standard = models.ForeignKey(
        "taxonomy.Standard", models.CASCADE, null=True, blank=True, related_name="terms", verbose_name=_("standard")
    )
    province = models.ForeignKey(
        "taxonomy.Province", models.CASCADE, null=True, blank=True, related_name="terms", verbose_name=_("province")
    )
    corridor = models.ForeignKey(
        "taxonomy.Corridor", models.CASCADE, null=True, blank=True, related_name="terms", verbose_name=_("corridor")
    )
    park = models.ForeignKey(
        "taxonomy.IndustrialPark",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="terms",
        verbose_name=_("industrial park"),
    )
    industry = models.ForeignKey(
        "taxonomy.Industry", models.CASCADE, null=True, blank=True, related_name="terms", verbose_name=_("industry")
    )
    sector = models.ForeignKey(
        "taxonomy.Sector", models.CASCADE, null=True, blank=True, related_name="terms", verbose_name=_("sector")
    )
    text = models.CharField(_("text"), max_length=LONGEST_TERM, help_text=_("As people write it, with accents."))
    key = models.CharField(
        _("key"), max_length=LONGEST_TERM, editable=False, help_text=_("Without accents, case, punctuation.")
    )
    language = models.CharField(_("language"), max_length=2, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=Source.choices, default=Source.TAUGHT)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["key", "id"]
        indexes = [GinIndex(name="term_key_trigrams", fields=["key"], opclasses=["gin_trgm_ops"])]
        constraints = [
            models.CheckConstraint(
                condition=Exact(
                    Func(*map(F, Kind.values), function="num_nonnulls", output_field=IntegerField()), Value(1)
                ),
                name="term_names_exactly_one_entry",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="term_has_a_letter_or_digit"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="term_source_is_known"),
            models.UniqueConstraint(
                fields=[*Kind.values, "text", "source"], nulls_distinct=False, name="term_listed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: object, **kwargs: object) -> None:
        self.text, self.key = nfc(self.text), fold(self.text)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def entry(self) -> models.Model:
        """What the term names."""
        named: models.Model = next(entry for kind in Kind.values if (entry := getattr(self, kind)) is not None)
        return named

    def clean(self) -> None:
        """Refuse a text without a letter or digit, and one that the entry has already."""
        self.text, self.key = nfc(self.text), fold(self.text)
        if not self.key:
            raise ValidationError({"text": _("A letter or digit is needed.")})
        named = {f"{kind}_id": getattr(self, f"{kind}_id") for kind in Kind.values}
        if Term.objects.filter(**named, text=self.text, source=self.source).exclude(pk=self.pk).exists():
            raise ValidationError({"text": _("This is listed already.")})
