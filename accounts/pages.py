"""Pages for people who sign in with a browser and are not of the agency: who they are, and who invites them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.models import Invitation, User
from accounts.principals import Principal
from config.errors import DomainError

ANSWERS: dict[str, Callable[..., Invitation]] = {
    "accept": services.accept_invitation,
    "decline": services.decline_invitation,
}


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where signing in leads, and where to go from there."""
    person = _person(request)
    invitations = Invitation.objects.to(person).live().select_related("organisation", "invited_by").order_by("pk")
    memberships = person.memberships.select_related("organisation").order_by("pk")
    return render(request, "account/home.html", {"invitations": invitations, "memberships": memberships})


@require_POST
@login_required
def answer(request: HttpRequest, invitation: str, verb: str) -> HttpResponse:
    """Accept or decline an invitation. A refusal is shown as a message."""
    by = Principal(user=_person(request))
    try:
        pk = Invitation.objects.visible_to(by).values_list("pk", flat=True).get(public_id=invitation)
        ANSWERS[verb](invitation_id=pk, by=by)
    except ObjectDoesNotExist:
        raise Http404 from None
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
    else:
        messages.success(request, _("You have joined.") if verb == "accept" else _("You have declined."))
    return redirect("home")


def _person(request: HttpRequest) -> User:
    person: Any = request.user
    assert isinstance(person, User), "login_required lets nobody else in"  # noqa: S101
    return person
