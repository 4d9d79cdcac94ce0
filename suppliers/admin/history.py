"""What was said and checked, and the feed of changes: for looking up only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.admin import ReadOnlyAdmin
from suppliers.models import Evidence, SupplierChange


@admin.register(Evidence)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ("supplier", "subject", "fact", "act", "value", "level", "observed_on", "asserted_by", "created_at")
    list_filter = ("act", "level", "fact")
    list_select_related = ("supplier__organisation", "asserted_by")
    search_fields = ("subject", "supplier__organisation__name_key", "supplier__organisation__tax_code")
    search_help_text = _("Id of a row, name without accents, or tax code.")
    ordering = ("-id",)


@admin.register(SupplierChange)
class SupplierChangeAdmin(ReadOnlyAdmin):
    list_display = ("supplier_id", "changed_in")
    ordering = ("-changed_in",)
