"""What was decided of rows that resembled a stored firm, and taking that back."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.staff_acts import staff_act
from config.admin import ReadOnlyAdmin
from suppliers.imports import lists
from suppliers.models import Listing


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ("source", "source_ref", "supplier", "created_at")
    list_filter = ("source",)
    list_select_related = ("supplier__organisation",)
    search_fields = ("source", "source_ref", "supplier__public_id", "supplier__organisation__name_key")
    search_help_text = _("Name of the list, key in it, or the firm.")
    ordering = ("-id",)
    fields = (("source", "source_ref"), "supplier", "created_at")
    actions_detail: ClassVar = ["forget"]

    forget = staff_act(lists.forget_listing, row="listing_id", label=_("Not the same firm: ask again"), path="forget")
