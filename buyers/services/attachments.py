"""Drawings and specifications of a requirement: taken and removed. A file is written before its row, and removed after
it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from buyers.errors import AttachmentQuotaError, RequirementEndedError
from buyers.models import Requirement, RequirementAttachment
from buyers.services.requirements import locked_requirement
from config.errors import DuplicateError
from config.uploads import CheckedFile, check_room, check_upload
from config.uploads.storage import discard_on_commit, stored
from notifications.services import publish

FOLDER = "requirements"
"""Where the files lie in the storage."""
CHANGEABLE = (Requirement.State.DRAFT, Requirement.State.OPEN)


def add_attachment(*, requirement_id: int, values: Mapping[str, Any], by: Principal) -> RequirementAttachment:
    """Keep a file with a draft or an open requirement.

    Args:
        values: `file` as uploaded, and `kind`.

    Raises:
        Requirement.DoesNotExist, NotAllowedError: see `locked_requirement`.
        RequirementEndedError: it is neither draft nor open.
        FileTooLargeError, InvalidFactError: the file is not taken.
        DuplicateError: the requirement has this very file already.
        AttachmentQuotaError: the requirement has too many files, or too large ones.
    """
    with transaction.atomic():
        _changeable(requirement_id, by)  # before a stranger's file is read and stored
    upload = check_upload(values["file"])
    with stored(upload, folder=FOLDER) as stored_as, transaction.atomic():
        requirement = _changeable(requirement_id, by)
        _check_room(upload, requirement)
        attachment = RequirementAttachment(requirement=requirement, kind=values["kind"], uploaded_by=by.user)
        attachment.take(upload, stored_as)
        attachment.save()
        _tell("requirement.attachment_added", attachment, by=by)
    return attachment


@transaction.atomic
def remove_attachment(*, attachment_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Remove a file from a draft or an open requirement.

    Raises:
        RequirementAttachment.DoesNotExist, Requirement.DoesNotExist, NotAllowedError: see `locked_requirement`.
        StaleVersionError: it has changed since `expected_version`.
        RequirementEndedError: the requirement is neither draft nor open.
    """
    visible = RequirementAttachment.objects.visible_to(by)
    _changeable(visible.values_list("requirement_id", flat=True).get(pk=attachment_id), by)
    attachment = RequirementAttachment.objects.select_related("requirement").get(pk=attachment_id)
    attachment.check_version(expected_version)
    _tell("requirement.attachment_removed", attachment, by=by)
    attachment.delete()
    discard_on_commit(attachment.stored_as)


def address_of(attachment: RequirementAttachment) -> str:
    """Path of the attachment in the API."""
    return f"/api/v1/requirements/{attachment.requirement.public_id}/attachments/{attachment.public_id}"


def _changeable(requirement_id: int, by: Principal) -> Requirement:
    requirement = locked_requirement(requirement_id, by)
    if requirement.state not in CHANGEABLE:
        raise RequirementEndedError(current_state=str(requirement.state))
    return requirement


def _check_room(upload: CheckedFile, requirement: Requirement) -> None:
    kept = RequirementAttachment.objects.filter(requirement=requirement)
    if same := kept.filter(sha256=upload.sha256).select_related("requirement").first():
        raise DuplicateError(_("The requirement has this very file already."), existing=address_of(same))
    check_room(
        [upload],
        beside=kept,
        most_files=settings.ATTACHMENTS_PER_REQUIREMENT,
        most_bytes=settings.ATTACHMENT_BYTES_PER_REQUIREMENT,
        refusal=AttachmentQuotaError,
    )


def _tell(topic: str, attachment: RequirementAttachment, *, by: Principal) -> None:
    payload = {"attachment": attachment.public_id, "kind": attachment.kind}
    publish(topic, subject=attachment.requirement, actor=by, payload=payload)
