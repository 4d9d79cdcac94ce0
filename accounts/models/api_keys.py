"""Keys by which software of an organisation gets in."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.people import User
from config.changes import ChangesKept
from config.models import Resource

if TYPE_CHECKING:
    from accounts.principals import Principal

USE_IS_NOTED_EVERY = timedelta(minutes=1)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Keys of the caller's organisation, to its owners only."""
        if not principal.is_owner:
            return self.none()
        return self.filter(organisation_id=principal.organisation_id)

    def for_requests(self) -> Self:
        """Read with the organisation, each with what every request asks of it: a third of the columns."""
        of_organisation = ("public_id", "kind", "legal_name", "trade_name", "verified_at", "second_factor_required")
        return self.select_related("organisation").only(
            *("public_id", "visible_prefix", "secret_hash", "scopes", "allowed_networks", "expires_at", "revoked_at"),
            *("last_used_at", "last_used_from", *(f"organisation__{name}" for name in of_organisation)),
        )

    def live(self) -> Self:
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def revocable_by(self, principal: "Principal") -> Self:
        """Staff may end any key."""
        return self if principal.is_staff and principal.can_write else self.visible_to(principal)


class ApiKey(Resource):
    """Lets software of an organisation in. The secret itself is shown once and never stored."""

    MOST_NETWORKS = 20

    PREFIX = "key"

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Write")
        WEBHOOKS = "webhooks", _("Webhooks")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    visible_prefix = models.CharField(max_length=12, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False, help_text=_("HMAC-SHA-256 with the pepper, hex."))
    scopes = models.JSONField(_("scopes"), default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    allowed_networks = ArrayField(
        models.CharField(max_length=43),
        verbose_name=_("allowed networks"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Networks such as 203.0.113.0/24 or 2001:db8::/32 from which alone it works; none for any."),
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="replaced_by"
    )
    expires_at = models.DateTimeField(_("expires"))
    warned_days = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text=_("Days before its end of which its owners were told last.")
    )
    last_used_at = models.DateTimeField(null=True, editable=False)
    last_used_from = models.GenericIPAddressField(null=True, editable=False)
    last_refused_at = models.DateTimeField(null=True, editable=False)
    last_refused_from = models.GenericIPAddressField(null=True, editable=False)
    refusal_told_at = models.DateTimeField(null=True, editable=False, help_text=_("When its owners were told last."))
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + timedelta(days=367)),
                name="api_key_lives_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(secret_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106
                name="api_key_is_stored_hashed",
            ),
            models.CheckConstraint(
                condition=Q(allowed_networks__len__lte=20),
                name="api_key_names_20_networks_at_most",
            ),
            ChangesKept(
                name="api_key_changes_kept",
                columns=["organisation", "name", "scopes", "allowed_networks", "expires_at", "revoked_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.visible_prefix}…)"

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    def may_come_from(self, address: str | None) -> bool:
        """Whether the key works from this IP address. Where none can be told, only if it works from any."""
        if not self.allowed_networks:
            return True
        return address is not None and any(
            ip_address(address) in ip_network(network) for network in self.allowed_networks
        )

    def note_use(self, address: str | None) -> None:
        """Remember that the key was used, and from where: once a minute at most, unless it comes from elsewhere.

        Never waits for a row that someone holds.
        """
        if self.is_use_noted(self.last_used_at, self.last_used_from, address):
            return
        with transaction.atomic():
            free = ApiKey.objects.filter(pk=self.pk).select_for_update(skip_locked=True)
            ApiKey.objects.filter(pk__in=free.values("pk")).update(last_used_at=timezone.now(), last_used_from=address)

    @staticmethod
    def is_use_noted(last_used_at: datetime | None, last_used_from: str | None, address: str | None) -> bool:
        """Whether a use from `address` at this moment would say nothing new."""
        is_recent = last_used_at is not None and last_used_at > timezone.now() - USE_IS_NOTED_EVERY
        return is_recent and last_used_from == address
