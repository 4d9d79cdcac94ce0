"""Files that prove what a firm says."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Disclosure
from config.models import Resource
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


class Document(Resource):
    """A file of a firm: about the firm as a whole, or about one of its certificates or capabilities.

    The content lies in the storage `uploads` under a name of chance, and was checked by `config.uploads`.
    """

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
    name = models.CharField(_("name of the file"), max_length=255)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64, help_text=_("Hex."))
    stored_as = models.CharField(max_length=100, unique=True, editable=False)
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
            models.UniqueConstraint(fields=["supplier", "sha256"], name="document_kept_once_per_firm"),
            models.CheckConstraint(
                condition=Q(certificate=None) | Q(capability=None), name="document_is_about_one_thing"
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_has_a_sha256"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="document_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")
