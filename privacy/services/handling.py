"""What every act on a request does: lock it, note who decided, tell those whom it concerns."""

from django.utils import timezone

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import NotAllowedError
from notifications.services import publish
from privacy.errors import OwnRequestError
from privacy.models import DataRequest


def require_officer(by: Principal) -> None:
    """Refuse everybody but officers of the agency who may write."""
    if not (by.is_staff and by.can_write and by.user is not None):
        raise NotAllowedError


def locked(request_id: int, *, by: Principal) -> DataRequest:
    """A request that the actor may decide about, locked.

    Raises:
        NotAllowedError, OwnRequestError: the actor is no officer, or it is their own.
    """
    require_officer(by)
    request = DataRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request_id)
    if request.person is not None and request.person == by.user:
        raise OwnRequestError
    return request


def decided(topic: str, request: DataRequest, state: str, *, reason: str, by: Principal) -> DataRequest:
    """Move to a final state, and tell the person."""
    request.move(state, reason=reason.strip())
    request.decided_by, request.decided_at = by.user, timezone.now()
    return told(topic, request, by=by)


def told(topic: str, request: DataRequest, *, by: Principal) -> DataRequest:
    """Save the request, and tell the person."""
    request.save_next_version()
    tell(topic, request, by=by)
    return request


def tell(topic: str, request: DataRequest, *, by: Principal) -> None:
    """Tell the person, if there is an account."""
    payload = {"kind": request.kind, "due_on": request.due_on.isoformat()}
    reason = request.state_reason
    publish(topic, subject=request, actor=by, people=[request.person_id], payload=payload, reason=reason)


def tell_staff(request: DataRequest, *, by: Principal) -> None:
    """The person's name is not in the message: officers find it in the queue."""
    payload = {"kind": request.kind, "due_on": request.due_on.isoformat()}
    agency = Organisation.objects.agency_ids()
    publish("data_request.opened", subject=request, actor=by, audience=agency, payload=payload)
