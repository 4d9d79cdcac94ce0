"""Files that prove what a firm says."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Disclosure
from config.models import KeptFile, Resource
from suppliers.models.capability import Capability
from suppliers.models.certificate import Certificate
from suppliers.models.supplier import Supplier

if TYPE_CHECKING:
    from accounts.principals import Principal


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all, a firm its own; whom its contacts are disclosed to, what it shares."""
        if principal.is_staff:
            return self
        if principal.organisation_id is None:
            return self.none()
        own = Q(supplier__organisation_id=principal.organisation_id)
        disclosed = Disclosure.objects.in_force().filter(reader_id=principal.organisation_id)
        return self.filter(own | Q(shared=True, supplier__organisation_id__in=disclosed.values("subject_id")))


class Document(KeptFile, Resource):
    """A file of a firm: about the firm as a whole, or about one of its certificates or capabilities."""

    PREFIX = "doc"

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("Certificate (scan)")
        CATALOGUE = "catalogue", _("Catalogue")
        INSPECTION_REPORT = "inspection_report", _("Inspection report")
        OTHER = "other", _("Other")

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="documents")
    certificate = models.ForeignKey(
        Certificate, on_delete=models.SET_NULL, null=True, blank=True, related_name="documents"
    )
    capability = models.ForeignKey(
        Capability, on_delete=models.SET_NULL, null=True, blank=True, related_name="documents"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    shared = models.BooleanField(
        _("shared"), default=False, help_text=_("With organisations to which the firm's contacts are disclosed.")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            *KeptFile.Meta.constraints,
            models.UniqueConstraint(fields=["supplier", "sha256"], name="document_kept_once_per_firm"),
            models.CheckConstraint(
                condition=Q(certificate=None) | Q(capability=None), name="document_is_about_one_thing"
            ),
        ]

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")
