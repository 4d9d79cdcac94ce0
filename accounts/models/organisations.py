"""Organisations, and who belongs to them."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.names import name_key
from config.changes import ChangesKept
from config.models import Resource

if TYPE_CHECKING:
    from accounts.principals import Principal

MOST_WORDS = 12
TAX_CODE_DIGITS = 10
"""After which the number of a dependent unit follows, behind a hyphen."""


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else their own organisations."""
        if principal.is_staff:
            return self
        if principal.user is not None:
            return self.filter(memberships__user=principal.user)
        return self.filter(pk=principal.organisation_id)

    def looked_up(self, text: str) -> Self:
        """For staff: with every word of the text somewhere in a name, without accents, case or legal form; or, where it
        is a number, with its digits somewhere in the tax code or the contact's telephone number; or of this id."""
        words = name_key(text).split()[:MOST_WORDS]
        found = Q(public_id=text.strip())
        if words:
            found |= Q(*(Q(name_key__contains=word) for word in words))
        if words and all(map(str.isdigit, words)):
            digits = "".join(words)
            tax_code = (
                f"{digits[:TAX_CODE_DIGITS]}-{digits[TAX_CODE_DIGITS:]}" if len(digits) > TAX_CODE_DIGITS else digits
            )
            found |= Q(tax_code__contains=tax_code) | Q(contact_phone__contains=digits.lstrip("0") or digits)
        return self.filter(found)

    def agency_ids(self) -> list[int]:
        """Ids of the organisations whose officers review and mediate."""
        return list(self.filter(kind=Organisation.Kind.AGENCY).values_list("pk", flat=True))


class Organisation(Resource):
    """A legal person that takes part: a supplier firm, a buyer, or the agency that runs the programme."""

    PREFIX = "org"

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        BUYER = "buyer", _("Buyer")
        AGENCY = "agency", _("Agency")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    legal_name = models.CharField(_("legal name"), max_length=250)
    trade_name = models.CharField(_("trade name"), max_length=250, blank=True)
    proposed_trade_name = models.CharField(
        _("proposed trade name"),
        max_length=250,
        blank=True,
        default="",
        db_default="",
        help_text=_("Wished by an organisation whose names staff have checked; shown to others once staff approve it."),
    )
    names_checked_at = models.DateTimeField(
        _("names checked"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When staff first vouched for it under its names, by verifying or publishing it."),
    )
    name_key = models.CharField(
        max_length=500, blank=True, editable=False, help_text=_("Names without accents, case and company form.")
    )
    country = models.CharField(_("country"), max_length=2, default="VN", help_text=_("ISO 3166-1 alpha-2."))
    tax_code = models.CharField(
        _("tax code"), max_length=20, blank=True, help_text=_("Vietnamese: 10 digits, or 10-3 for a dependent unit.")
    )
    tax_code_override = models.CharField(
        _("reason for a failed check digit"), max_length=250, blank=True, help_text=_("Only staff may set this.")
    )
    address = models.CharField(_("address"), max_length=500, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=150, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=16, blank=True, help_text=_("E.164."))
    second_factor_required = models.BooleanField(
        _("second factor required"),
        default=False,
        db_default=False,
        help_text=_("Its people get in only with a second factor."),
    )
    verified_at = models.DateTimeField(
        _("verified"), null=True, blank=True, editable=False, help_text=_("Since when staff vouch for it as a buyer.")
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "tax_code"], condition=~Q(tax_code=""), name="organisation_tax_code_used_once"
            ),
            models.CheckConstraint(
                condition=~Q(country="VN") | Q(tax_code="") | Q(tax_code__regex=r"^[0-9]{10}(-[0-9]{3})?$"),
                name="organisation_vietnamese_tax_code_has_10_or_13_digits",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="organisation_country_is_iso_3166"),
            models.CheckConstraint(condition=~Q(legal_name=""), name="organisation_has_a_name"),
            ChangesKept(
                name="organisation_changes_kept",
                columns=[
                    "kind",
                    "legal_name",
                    "trade_name",
                    "proposed_trade_name",
                    "names_checked_at",
                    "country",
                    "tax_code",
                    "tax_code_override",
                    "address",
                    "website",
                    "second_factor_required",
                    "verified_at",
                ],
                withheld=["contact_name", "contact_email", "contact_phone"],
            ),
        ]
        indexes = [
            GinIndex(OpClass(F("name_key"), name="gin_trgm_ops"), name="organisation_name_trigrams"),
            GinIndex(
                OpClass(F("tax_code"), name="gin_trgm_ops"),
                OpClass(F("contact_phone"), name="gin_trgm_ops"),
                name="organisation_number_trigrams",
            ),
        ]

    def __str__(self) -> str:
        return self.trade_name or self.legal_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.legal_name, self.trade_name)
        super().save(*args, **kwargs)

    @property
    def is_claimable(self) -> bool:
        """A firm that staff imported and nobody has taken over yet."""
        return self.kind == self.Kind.SUPPLIER and not self.memberships.exists()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else those of the organisation that they act for."""
        if principal.is_staff:
            return self
        return self.filter(organisation_id=principal.organisation_id)


class Membership(Resource):
    """A person's part in an organisation."""

    PREFIX = "mem"

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")
        VIEWER = "viewer", _("Viewer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.VIEWER)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once_per_organisation"),
            ChangesKept(
                name="membership_changes_kept",
                columns=["user", "organisation", "role"],
                below="organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"
