"""Claims that wait for a decision."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.staff_acts import ReasonForm, staff_act
from config.admin import ReadOnlyAdmin
from config.states import states_before
from suppliers import services
from suppliers.admin.pages import QueueFilter
from suppliers.models import Claim


class ClaimQueue(QueueFilter):
    waiting_label = _("Waiting for a decision")
    waiting_state = Claim.State.PENDING


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ("supplier", "claimant", "state", "created_at", "decided_by", "decided_at")
    list_filter = (ClaimQueue, "state")
    list_select_related = ("supplier__organisation", "claimant", "decided_by")
    search_fields = (
        "public_id",
        "claimant__email",
        "supplier__organisation__name_key",
        "supplier__organisation__tax_code",
    )
    ordering = ("id",)
    fields = (
        ("supplier", "claimant"),
        "note",
        ("state", "state_reason"),
        ("decided_by", "decided_at"),
        ("created_at", "updated_at"),
    )
    actions_detail: ClassVar = ["approve", "reject", "undo"]

    approve = staff_act(
        services.approve_claim, row="claim_id", label=_("Approve"), path="approve", states={Claim.State.PENDING}
    )
    reject = staff_act(
        services.reject_claim,
        row="claim_id",
        label=_("Reject"),
        path="reject",
        form_class=ReasonForm,
        states={Claim.State.PENDING},
    )
    undo = staff_act(
        services.undo_claim_decision,
        row="claim_id",
        label=_("Undo the decision"),
        path="undo",
        form_class=ReasonForm,
        states=states_before(Claim.State.PENDING, Claim.TRANSITIONS),
        permission="lead",
    )
