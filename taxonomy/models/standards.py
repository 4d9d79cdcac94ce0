"""Standards and schemes that firms are certified to."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from taxonomy.models.entries import Entry, EntryQuerySet, entry_checks
from taxonomy.models.terms import Kind


class StandardQuerySet(EntryQuerySet["Standard"]):
    """Questions to the standards."""

    def implications(self) -> dict[str, list[str]]:
        """Each standard that implies others, with the codes it implies directly."""
        implied: dict[str, list[str]] = {}
        pairs = self.filter(implies__isnull=False).order_by("code", "implies__code")
        for code, weaker in pairs.values_list("code", "implies__code"):
            implied.setdefault(code, []).append(weaker)
        return implied

    def implying(self, codes: Iterable[str]) -> set[str]:
        """The codes themselves and those of all standards that imply one of them, directly or through another."""
        implied = self.implications()
        found, grown = set[str](), set(codes)
        while grown - found:
            found |= grown
            grown = {code for code, weaker in implied.items() if found.intersection(weaker)}
        return found


class Standard(Entry):
    """A standard, mark or scheme; its title says what it is about."""

    KIND = Kind.STANDARD

    class Domain(models.TextChoices):
        QUALITY = "quality", _("quality")
        ENVIRONMENT = "environment", _("environment")
        SAFETY = "safety", _("safety")
        SOCIAL = "social", _("social")
        PRODUCT = "product", _("product")
        SECURITY = "security", _("security")

    class Type(models.TextChoices):
        MANAGEMENT_SYSTEM = "management_system", _("management system")
        PRODUCT_CERTIFICATION = "product_certification", _("product certification")
        PRODUCT_COMPLIANCE = "product_compliance", _("product compliance")
        PRODUCT_PROCESS = "product_process", _("production process")
        CHAIN_OF_CUSTODY = "chain_of_custody", _("chain of custody")
        CERTIFICATION = "certification", _("certification")
        ACCREDITATION = "accreditation", _("accreditation")
        VERIFICATION = "verification", _("verification")
        ASSESSMENT = "assessment", _("assessment")
        AUDIT = "audit", _("audit")
        CUSTOMER_AUDIT = "customer_audit", _("customer audit")
        CUSTOMER_APPROVAL = "customer_approval", _("customer approval")
        COMPLIANCE = "compliance", _("compliance")
        WORKMANSHIP = "workmanship", _("workmanship")
        PROGRAMME = "programme", _("programme")
        PRACTICE = "practice", _("practice")

    code = models.CharField(_("code"), max_length=40, unique=True)
    title_vi = models.CharField(_("title (Vietnamese)"), max_length=255)
    title_en = models.CharField(_("title (English)"), max_length=255)
    domain = models.CharField(_("domain"), max_length=12, choices=Domain.choices)
    kind = models.CharField(_("kind"), max_length=24, choices=Type.choices)
    owner = models.CharField(_("owner"), max_length=40)
    fields = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("fields of industry"))
    typical_validity_years = models.PositiveSmallIntegerField(_("typical validity (years)"), null=True, blank=True)
    counts_as_international = models.BooleanField(
        _("counts as international"),
        default=False,
        help_text=_("Holding it counts towards the city's share of firms at international standard."),
    )
    implies = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="implied_by", verbose_name=_("implies")
    )

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        ordering = ["code"]
        constraints = [
            *entry_checks("standard"),
            models.CheckConstraint(
                condition=Q(typical_validity_years__isnull=True) | Q(typical_validity_years__range=(1, 20)),
                name="standard_validity_is_1_to_20_years",
            ),
        ]
