"""What firms make and out of what: processes, materials, sectors; and what all entries have in common."""

from typing import ClassVar, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Min, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from taxonomy.models.terms import Kind, Term
from taxonomy.text import nfc

LANGUAGES = ("vi", "en", "ja", "ko", "zh")

Row = TypeVar("Row", bound="Entry")


class EntryQuerySet(models.QuerySet[Row]):
    """Questions that every kind of entry answers."""

    def in_use(self) -> Self:
        """Entries that may still be chosen."""
        return self.filter(is_withdrawn=False)

    def search(self, text: str) -> Self:
        """Entries with a name, synonym or alias that fits `text` in any language, as `search_rank`: lowest is best."""
        kind = self.model.KIND.value
        terms = Term.objects.fitting(nfc(text))
        best = terms.filter(**{kind: models.OuterRef("pk")}).values(kind).annotate(best=Min("rank")).values("best")
        return self.filter(pk__in=terms.values(kind)).annotate(search_rank=models.Subquery(best))


class TreeQuerySet(EntryQuerySet[Row]):
    """Questions to entries that lie one below the other."""

    def parents(self) -> dict[str, str | None]:
        """Each code with the code above it, or None at the top. Withdrawn codes too: facts may still use them."""
        return dict(self.order_by("code").values_list("code", "parent__code"))

    def codes_below(self, *codes: str) -> set[str]:
        """The codes themselves and all that lie below them, at any depth."""
        children: dict[str | None, list[str]] = {}
        for child, parent in self.parents().items():
            children.setdefault(parent, []).append(child)
        found: set[str] = set()
        waiting = [*codes]
        while waiting:
            found.add(one := waiting.pop())
            waiting.extend(children.get(one, ()))
        return found


class Entry(models.Model):
    """One word of the vocabulary, with its names in the languages of those who read it."""

    KIND: ClassVar[Kind]

    code = models.CharField(_("code"), max_length=80)
    name_vi = models.CharField(_("name (Vietnamese)"), max_length=255, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=255, blank=True)
    name_ja = models.CharField(_("name (Japanese)"), max_length=255, blank=True)
    name_ko = models.CharField(_("name (Korean)"), max_length=255, blank=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=255, blank=True)
    is_withdrawn = models.BooleanField(
        _("withdrawn"),
        default=False,
        help_text=_("No longer in the shipped files; kept because records may point at it."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.name_in(get_language() or 'vi')}"

    @property
    def names(self) -> dict[str, str]:
        """The names there are, by language."""
        given = ((language, getattr(self, f"name_{language}")) for language in LANGUAGES)
        return {language: name for language, name in given if name}

    def name_in(self, language: str) -> str:
        """The name for a reader of `language`; else the English one, else the Vietnamese one."""
        return getattr(self, f"name_{language[:2]}", "") or self.name_en or self.name_vi

    def named_in(self, language: str) -> str:
        """The name for a reader with the code behind it, such as "CNC turning (MACH.CNC_TURN)"."""
        return f"{self.name_in(language)} ({self.code})"


def entry_checks(table: str) -> list[models.BaseConstraint]:
    """What holds for every entry: it has a code and a name."""
    return [
        models.CheckConstraint(condition=~Q(code=""), name=f"{table}_has_a_code"),
        models.CheckConstraint(condition=~Q(name_vi="", name_en=""), name=f"{table}_has_a_name"),
    ]


class Process(Entry):
    """A way of making something, such as CNC turning; groups of processes lie above the single ones."""

    KIND = Kind.PROCESS

    code = models.CharField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("fields of industry"))
    vsic_2025 = models.CharField(_("VSIC 2025 class"), max_length=5, blank=True)

    objects = TreeQuerySet["Process"].as_manager()

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ["code"]
        constraints = [
            *entry_checks("process"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="process_is_not_its_own_parent"
            ),
        ]


class Material(Entry):
    """A material or a grade of one; families lie above grades."""

    KIND = Kind.MATERIAL

    code = models.CharField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("kind of")
    )
    hs_chapters = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("HS chapters"))

    objects = TreeQuerySet["Material"].as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["code"]
        constraints = [
            *entry_checks("material"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="material_is_not_its_own_parent"
            ),
        ]


class Sector(Entry):
    """One of the groups of supporting industries that the city's programme names."""

    KIND = Kind.SECTOR

    code = models.CharField(_("code"), max_length=40, unique=True)

    objects = EntryQuerySet["Sector"].as_manager()

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["code"]
        constraints = entry_checks("sector")
