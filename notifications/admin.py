"""What staff see of events, messages and reactions. Nothing is edited here; what was given up can be tried again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.admin import ReadOnlyAdmin, ReadOnlyInline
from jobs.models import DueRowQuerySet
from notifications import services
from notifications.history import changed_by
from notifications.models import Attempt, DeadLetter, Delivery, Event, FailingAddress, Reaction, WebhookEndpoint
from notifications.models.dead_letter import DeadLetterQuerySet


class DeliveryInline(ReadOnlyInline):
    model = Delivery
    fields = ["recipient", "endpoint", "channel", "state", "attempts", "delivered_at", "last_error"]


class ReactionInline(ReadOnlyInline):
    model = Reaction
    fields = ["subscriber", "state", "attempts", "last_error"]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "topic", "subject", "actor", "actor_organisation", "state"]
    list_filter = ["state", "created_at"]
    list_select_related = ["actor", "actor_organisation"]
    search_fields = ["public_id", "topic", "subject", "request_id"]
    date_hierarchy = "created_at"
    readonly_fields = ["changed"]
    inlines = [DeliveryInline, ReactionInline]

    @admin.display(description=_("changed"))
    def changed(self, event: Event) -> str:
        lines = ((line.label, line.before, line.after) for line in changed_by(event))
        return format_html_join("", "<div>{}: {} → {}</div>", lines)


class DueRowAdmin(ReadOnlyAdmin):
    """Rows that workers work off."""

    list_filter = ["state"]
    actions = ["try_again"]

    @admin.action(description=_("Try again those that were given up"), permissions=["act"])
    def try_again(self, request: HttpRequest, queryset: DueRowQuerySet[Any] | DeadLetterQuerySet) -> None:
        revived = queryset.revive()
        told = ngettext("%(number)d will be tried again.", "%(number)d will be tried again.", revived)
        messages.success(request, told % {"number": revived})


class AttemptInline(ReadOnlyInline):
    model = Attempt
    fields = ["number", "started_at", "duration_ms", "status_code", "error"]
    ordering = ["number"]


@admin.register(Delivery)
class DeliveryAdmin(DueRowAdmin):
    list_display = [
        "created_at",
        "event",
        "recipient",
        "endpoint",
        "channel",
        "state",
        "attempts",
        "delivered_at",
        "last_error",
    ]
    list_filter = ["state", "channel", "created_at"]
    list_select_related = ["event", "recipient", "endpoint"]
    search_fields = ["public_id", "event__topic", "event__subject", "recipient__email", "endpoint__public_id"]
    inlines = [AttemptInline]


@admin.register(Reaction)
class ReactionAdmin(DueRowAdmin):
    list_display = ["event", "subscriber", "state", "attempts", "due_at", "last_error"]
    list_select_related = ["event"]
    search_fields = ["subscriber", "event__topic", "event__subject"]


@admin.register(DeadLetter)
class DeadLetterAdmin(DueRowAdmin):
    """What was given up, of whatever kind, in one list."""

    list_display = ["event", "channel", "recipient", "endpoint", "subscriber", "attempts", "last_error"]
    list_filter = ["channel"]
    search_fields = ["public_id", "event__topic", "event__subject", "last_error"]
    ordering = ["-event_id", "-id"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_work()

    @admin.display(description=_("recipient"))
    def recipient(self, letter: DeadLetter) -> Any:
        return letter.delivery and letter.delivery.recipient

    @admin.display(description=_("webhook endpoint"))
    def endpoint(self, letter: DeadLetter) -> Any:
        return letter.delivery and letter.delivery.endpoint

    @admin.display(description=_("work of the product"))
    def subscriber(self, letter: DeadLetter) -> Any:
        return letter.reaction and letter.reaction.subscriber


@admin.register(FailingAddress)
class FailingAddressAdmin(ReadOnlyAdmin):
    """Addresses to which nothing is sent. Who has heard from the person that it works has e-mails sent there again."""

    list_display = ["email", "person", "reason", "since"]
    list_select_related = ["person"]
    search_fields = ["email", "person__full_name", "person__public_id"]
    ordering = ["-since"]
    actions = ["trust"]

    def has_trust_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_failingaddress")

    @admin.action(description=_("Send e-mails there again"), permissions=["trust"])
    def trust(self, request: HttpRequest, queryset: QuerySet[FailingAddress]) -> None:
        for email in set(queryset.values_list("email", flat=True)):
            services.trust_address(email=email)
        messages.success(request, _("E-mails are sent there again."))


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    list_display = ["organisation", "__str__", "is_active", "disabled_reason", "succeeded_at", "created_at"]
    list_filter = ["is_active", "disabled_reason"]
    list_select_related = ["organisation"]
    search_fields = ["public_id", "organisation__legal_name"]
    exclude = ["url", "secret", "former_secret"]
