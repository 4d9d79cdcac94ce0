"""Documents of a firm: taken, replaced, removed. A file is written before its row, and removed after it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from config.errors import DuplicateError, InvalidFactError
from config.uploads import CheckedFile, check_room, check_upload
from config.uploads.storage import discard_on_commit, stored
from notifications.services import publish
from suppliers.errors import DocumentQuotaError
from suppliers.facts import Origin
from suppliers.models import Certificate, Document, Evidence, EvidenceLevel, Supplier
from suppliers.recording import evidence_row, record_facts
from suppliers.services.access import lock_supplier

FOLDER = "documents"
"""Where the files lie in the storage."""
DETAILS = frozenset({"kind", "certificate", "capability", "shared"})
"""What may be said of a document besides its file."""


def add_document(*, supplier_id: int, values: Mapping[str, Any], by: Principal) -> Document:
    """Keep a file. The scan of a certificate documents it (L1), where nothing better is known.

    Args:
        values: `file` as uploaded, `kind`, `shared`, and `certificate` or `capability`, of the same firm.

    Raises:
        Supplier.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        FileTooLargeError, InvalidFactError: the file is not taken, or is about what is not the firm's.
        DuplicateError: the firm has this very file already.
        DocumentQuotaError: the firm has too many files, or too large ones.
    """
    with transaction.atomic():
        lock_supplier(supplier_id, by=by)  # before a stranger's file is read and stored
    upload = check_upload(values["file"])
    with stored(upload, folder=FOLDER) as stored_as, transaction.atomic():
        supplier = lock_supplier(supplier_id, by=by)
        document = Document(supplier=supplier, uploaded_by=by.user)
        _describe(document, values)
        _take(document, upload, stored_as)
        document.save()
        _document_certificate(document, by=by)
        _tell("document.added", document, by=by)
    return document


def change_document(
    *, document_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> Document:
    """Replace the file, or say something else of it. `values` as in `add_document`, each may be left out.

    Raises:
        Document.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
        FileTooLargeError, InvalidFactError, DuplicateError, DocumentQuotaError: as in `add_document`.
    """
    with transaction.atomic():
        _locked(document_id, by=by).check_version(expected_version)
    if "file" not in values:
        return _changed(document_id, values, by=by, expected_version=expected_version)
    upload = check_upload(values["file"])
    with stored(upload, folder=FOLDER) as stored_as:
        return _changed(document_id, values, by=by, expected_version=expected_version, new=(upload, stored_as))


@transaction.atomic
def remove_document(*, document_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Remove a document and its file. A certificate that only this scan documented is declared only (L0) again.

    Raises:
        Document.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        StaleVersionError: it has changed since `expected_version`.
    """
    document = _locked(document_id, by=by)
    document.check_version(expected_version)
    _tell("document.removed", document, by=by)
    _undocument_certificate(document, document.certificate, by=by)
    document.delete()
    discard_on_commit(document.stored_as)


@transaction.atomic
def _changed(
    document_id: int,
    values: Mapping[str, Any],
    *,
    by: Principal,
    expected_version: int | None,
    new: tuple[CheckedFile, str] | None = None,
) -> Document:
    document = _locked(document_id, by=by)
    document.check_version(expected_version)
    certificate, replaced = document.certificate, document.stored_as
    _describe(document, values)
    if new is not None:
        _take(document, *new)
        document.uploaded_by = by.user
        discard_on_commit(replaced)
    if certificate is not None and document.certificate != certificate:
        _undocument_certificate(document, certificate, by=by)
    document.save_next_version()
    _document_certificate(document, by=by)
    _tell("document.changed", document, by=by)
    return document


def _locked(document_id: int, *, by: Principal) -> Document:
    supplier_id = Document.objects.visible_to(by).values_list("supplier_id", flat=True).get(pk=document_id)
    lock_supplier(supplier_id, by=by)
    related = Document.objects.select_related("supplier__organisation", "certificate__supplier", "capability__site")
    return related.get(pk=document_id)


def _describe(document: Document, values: Mapping[str, Any]) -> None:
    for name in values.keys() & DETAILS:
        setattr(document, name, values[name])
    if document.certificate is not None and document.certificate.supplier_id != document.supplier_id:
        raise InvalidFactError(_("Not a certificate of this firm."), pointer="/certificate", code="does_not_exist")
    if document.capability is not None and document.capability.site.supplier_id != document.supplier_id:
        raise InvalidFactError(_("Not a capability of this firm."), pointer="/capability", code="does_not_exist")
    if document.certificate is not None and document.capability is not None:
        raise InvalidFactError(
            _("About a certificate or a capability, not both."), pointer="/capability", code="one_only"
        )


def _take(document: Document, upload: CheckedFile, stored_as: str) -> None:
    others = Document.objects.filter(supplier=document.supplier).exclude(pk=document.pk)
    if same := others.filter(sha256=upload.sha256).first():
        raise DuplicateError(_("The firm has this very file already."), existing=address_of(same))
    most_files, most_bytes = settings.DOCUMENTS_PER_FIRM, settings.DOCUMENT_BYTES_PER_FIRM
    check_room([upload], beside=others, most_files=most_files, most_bytes=most_bytes, refusal=DocumentQuotaError)
    document.take(upload, stored_as)


def address_of(document: Document) -> str:
    """Path of the document in the API."""
    return f"/api/v1/suppliers/{document.supplier.public_id}/documents/{document.public_id}"


def _document_certificate(document: Document, *, by: Principal) -> None:
    """The certificate of which this is a scan is documented from today."""
    if document.kind != Document.Kind.CERTIFICATE or document.certificate is None:
        return
    origin = Origin(level=EvidenceLevel.DOCUMENTED, source=document.public_id)
    if document.certificate.level < EvidenceLevel.DOCUMENTED:
        record_facts(document.certificate, {"standard": document.certificate.standard}, by=by, origin=origin)


def _undocument_certificate(document: Document, certificate: Certificate | None, *, by: Principal) -> None:
    """Declared only again, if it was this scan that documented the certificate."""
    if certificate is None or certificate.level != EvidenceLevel.DOCUMENTED:
        return
    last = Evidence.objects.of(certificate).filter(fact="certificate").first()
    if last is None or last.source != document.public_id:
        return
    origin = Origin(source=document.public_id)
    entry = evidence_row(certificate, "certificate", None, act=Evidence.Act.WITHDRAWN, by=by, origin=origin)
    entry.supplier = document.supplier
    entry.save()
    certificate.level = EvidenceLevel.DECLARED
    certificate.save_next_version()


def _tell(topic: str, document: Document, *, by: Principal) -> None:
    supplier: Supplier = document.supplier
    payload = {"document": document.public_id, "kind": document.kind}
    publish(topic, subject=supplier, actor=by, audience=[supplier.organisation_id], payload=payload)
