"""Trade names of organisations that staff have verified or published: a new one is shown once staff approve it.

Else whoever was checked under one name could go on under another, such as a well-known one.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.errors import NameProposalChangedError
from accounts.events import announce
from accounts.models import Organisation
from accounts.principals import Principal
from config.api.throttling import check, limiter
from config.errors import NotAllowedError
from config.text import nfc


def note_names_checked(organisation_id: int) -> None:
    """Remember that staff have vouched for the organisation under its names. It holds from then on."""
    unchecked = Organisation.objects.filter(pk=organisation_id, names_checked_at=None)
    unchecked.update(names_checked_at=timezone.now(), proposed_trade_name="")


def hold_back_name(organisation: Organisation, changes: dict[str, Any], *, by: Principal) -> dict[str, Any]:
    """The changes that take effect at once. A name that staff must see first is noted on the organisation, locked.

    A name that is taken back, and no trade name at all, need nobody's approval: the legal name is the agency's affair.

    Raises:
        TooManyRequests: the organisation has proposed names often enough for today.
    """
    if "trade_name" not in changes:
        return changes
    wanted = nfc(changes["trade_name"])
    if by.is_staff or organisation.names_checked_at is None or wanted in ("", organisation.trade_name):
        organisation.proposed_trade_name = ""
        return changes
    if wanted != organisation.proposed_trade_name:
        check(limiter.charge("propose_name", organisation.public_id))
        organisation.proposed_trade_name = wanted
        agency = Organisation.objects.agency_ids()
        announce("organisation.name_proposed", subject=organisation, actor=by, audience=agency)
    return {name: value for name, value in changes.items() if name != "trade_name"}


@transaction.atomic
def approve_trade_name(*, organisation_id: int, proposed_trade_name: str, by: Principal) -> Organisation:
    """Show the proposed name from now on.

    Args:
        proposed_trade_name: as the officer has read it.

    Raises:
        NotAllowedError: the actor is no officer.
        NameProposalChangedError: another name, or none, is proposed by now.
    """
    organisation = _locked(organisation_id, by=by)
    if not proposed_trade_name or organisation.proposed_trade_name != proposed_trade_name:
        raise NameProposalChangedError
    organisation.trade_name, organisation.proposed_trade_name = proposed_trade_name, ""
    return _decided("organisation.name_approved", organisation, by=by)


@transaction.atomic
def refuse_trade_name(*, organisation_id: int, reason: str, by: Principal) -> Organisation:
    """Leave the name as it is, saying why.

    Raises:
        NotAllowedError: the actor is no officer.
        NameProposalChangedError: no name is proposed any more.
    """
    organisation = _locked(organisation_id, by=by)
    if not organisation.proposed_trade_name:
        raise NameProposalChangedError
    organisation.proposed_trade_name = ""
    return _decided("organisation.name_refused", organisation, by=by, reason=reason)


def _locked(organisation_id: int, *, by: Principal) -> Organisation:
    if not (by.is_staff and by.can_write):
        raise NotAllowedError
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def _decided(topic: str, organisation: Organisation, *, by: Principal, reason: str = "") -> Organisation:
    organisation.save_next_version()
    announce(topic, subject=organisation, actor=by, audience=[organisation.pk], reason=reason)
    return organisation
