"""The versions of what an open requirement asks."""

from accounts.principals import Principal
from buyers.content import snapshot_of
from buyers.models import Requirement, RequirementVersion
from notifications.services import publish


def read_again(requirement: Requirement) -> Requirement:
    """The row with its content as this transaction sees it. A row that was just written may hold old relations."""
    return Requirement.objects.with_content().select_related("buyer").get(pk=requirement.pk)


def keep_version(requirement: Requirement, *, by: Principal) -> None:
    """Write down what is asked from now on, under the requirement's content version."""
    RequirementVersion.objects.create(
        requirement=requirement,
        number=requirement.content_version,
        content=snapshot_of(read_again(requirement)),
        created_by=by.user,
    )


def publish_version(requirement: Requirement, *, by: Principal, reason: str = "") -> None:
    """Keep what an open requirement asks from now on, and tell of the change."""
    keep_version(requirement, by=by)
    publish(
        "requirement.changed",
        subject=requirement,
        actor=by,
        audience=[requirement.buyer.organisation_id],
        payload={"content_version": requirement.content_version},
        reason=reason,
    )
