"""The vocabulary in the admin. Files own the entries, so these are read only; staff teach synonyms, which stay."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from config.admin import ReadOnlyAdmin
from taxonomy.models import (
    Corridor,
    IndustrialPark,
    Industry,
    Kind,
    Material,
    Process,
    Province,
    Sector,
    Source,
    Standard,
    TaxonomyVersion,
    Term,
)
from taxonomy.text import nfc

if TYPE_CHECKING:
    _InlineFormSet = BaseInlineFormSet[Term, Process, ModelForm[Term]]
else:
    _InlineFormSet = BaseInlineFormSet


class TaughtTermForms(_InlineFormSet):
    """The synonyms of one entry: none of them twice."""

    def clean(self) -> None:
        super().clean()
        texts = [nfc(form.cleaned_data.get("text", "")) for form in self.forms if form.is_valid()]
        twice = sorted({text for text in texts if text and texts.count(text) > 1})
        if twice:
            raise ValidationError(_("Listed twice: %(texts)s.") % {"texts": ", ".join(twice)})


class TaughtTermInline(TabularInline):
    """Synonyms taught by staff: kept when the files are loaded again."""

    model = Term
    formset = TaughtTermForms
    fields = ("text", "language")
    extra = 0
    verbose_name = _("taught synonym")
    verbose_name_plural = _("taught synonyms")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        terms: QuerySet[Any] = super().get_queryset(request)
        return terms.filter(source=Source.TAUGHT)


class EntryAdmin(ModelAdmin):
    """An entry as the files have it, with the synonyms that staff add."""

    list_before_template = "admin/saved_filters.html"

    list_display: tuple[str, ...] = ("code", "name_vi", "name_en", "is_withdrawn")
    list_filter: tuple[Any, ...] = ("is_withdrawn",)
    search_fields = ("code", "name_vi", "name_en", "terms__key", "terms__text")
    inlines = [TaughtTermInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [field.name for field in [*self.opts.fields, *self.opts.many_to_many] if not field.auto_created]


@admin.register(Process)
class ProcessAdmin(EntryAdmin):
    list_display = ("code", "name_vi", "name_en", "parent", "vsic_2025", "is_withdrawn")
    list_filter = ("is_withdrawn", ("parent", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("parent",)


@admin.register(Material)
class MaterialAdmin(EntryAdmin):
    list_display = ("code", "name_vi", "name_en", "parent", "is_withdrawn")
    list_filter = ("is_withdrawn", ("parent", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("parent",)


@admin.register(Standard)
class StandardAdmin(EntryAdmin):
    list_display = ("code", "name_en", "title_vi", "kind", "owner", "counts_as_international", "is_withdrawn")
    list_filter = ("kind", "domain", "counts_as_international", "is_withdrawn")


@admin.register(Province)
class ProvinceAdmin(EntryAdmin):
    list_display = ("code", "edition", "name_vi", "successor", "unit_type", "phone_area_code")
    list_filter = ("edition", "unit_type", "region_code")
    list_select_related = ("successor",)


@admin.register(Corridor)
class CorridorAdmin(EntryAdmin):
    pass


@admin.register(IndustrialPark)
class IndustrialParkAdmin(EntryAdmin):
    list_display = ("code", "name_vi", "kind", "province", "is_withdrawn")
    list_filter = ("kind", ("province", admin.RelatedOnlyFieldListFilter), "is_withdrawn")
    list_select_related = ("province",)


@admin.register(Industry)
class IndustryAdmin(EntryAdmin):
    list_display = ("code", "edition", "level", "name_vi", "name_en", "isic_5")
    list_filter = ("edition", "level")


@admin.register(Sector)
class SectorAdmin(EntryAdmin):
    pass


@admin.register(Term)
class TermAdmin(ReadOnlyAdmin):
    """Every spelling, to see what a text would find. New ones are taught at their entry."""

    list_display = ("text", "entry", "source", "language")
    list_filter = ("source", "language")
    search_fields = ("key", "text")
    list_select_related = tuple(Kind.values)

    @admin.display(description=_("entry named"))
    def entry(self, term: Term) -> str:
        """The entry that the term names."""
        return str(term.entry)


@admin.register(TaxonomyVersion)
class TaxonomyVersionAdmin(ReadOnlyAdmin):
    list_display = ("number", "changed_at")
