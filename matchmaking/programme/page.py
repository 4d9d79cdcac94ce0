"""The start page of the admin."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from matchmaking.programme.figures import figures_on
from matchmaking.programme.shown import Shown
from matchmaking.programme.waiting import waiting_for

STATE_RESTS_ON = ("suppliers.view_supplier", "suppliers.view_certificate", "buyers.view_requirement")
"""Who may see all such rows sees the state of the programme, every figure of which leads to some."""


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What unfold calls before it shows the start page: what waits for this person, and the figures as they are now."""
    context["title"] = _("Start page")
    context["waiting"] = waiting_for(request.user)
    if request.user.has_perms(STATE_RESTS_ON):
        context["state"] = Shown(figures_on(timezone.localdate()), linked=True)
        context["now"] = timezone.now()
    return context
