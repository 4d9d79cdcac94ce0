"""Two stored firms that turn out to be one: staff say which stays, and what was the other's becomes its own."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from accounts.principals import Principal
from config.errors import InvalidFactError
from notifications.services import publish
from suppliers.errors import (
    BothRepresentedError,
    DifferentTaxCodesError,
    MergeOvertakenError,
    PublishedFirmStaysError,
    SameGoingOnError,
    SupplierArchivedError,
)
from suppliers.merging.carrying_over import Merging
from suppliers.merging.rows import in_the_way
from suppliers.merging.taking_back import take_back
from suppliers.models import Supplier, SupplierMerge
from suppliers.services.access import refuse_own, require_lead, require_staff
from suppliers.services.states import checked_reason

State = Supplier.State
MOST_NAMED = 5


@transaction.atomic
def merge_suppliers(
    *,
    survivor_id: int,
    merged_id: int,
    reason: str,
    by: Principal,
    tax_code: str = "",
    expected_versions: Mapping[int, int] | None = None,
) -> SupplierMerge:
    """Make one firm of two: sites, capabilities, certificates, documents, history, claims, people, keys, connections
    and all else of the one becomes the survivor's. What the survivor has already stays with the one, which is archived;
    so do keys, invitations and webhook endpoints where somebody represents the survivor.

    Args:
        tax_code: of two different ones the one that is right, which the survivor has from then on.
        expected_versions: of the two firms as the officer read them, by primary key.

    Raises:
        Supplier.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer.
        InvalidFactError: it is one and the same firm, or no reason is given.
        SupplierArchivedError: one of the two is archived, such as by a merge.
        StaleVersionError: one of the two has changed since it was read.
        OwnEntryError: the actor belongs to one of the two.
        PublishedFirmStaysError, DifferentTaxCodesError, BothRepresentedError, SameGoingOnError: see there.
    """
    survivor, merged = _locked(survivor_id, merged_id, by=by)
    require_staff(by)
    reason = checked_reason(reason)
    for firm in (survivor, merged):
        if firm.state == State.ARCHIVED:
            raise SupplierArchivedError
        firm.check_version((expected_versions or {}).get(firm.pk))
        refuse_own(firm, entered_by=None, by=by)
    _refuse(survivor, merged, tax_code=tax_code)
    merging = Merging(merged, survivor, tax_code=tax_code)
    try:
        with transaction.atomic():
            merging.carry_out()
    except IntegrityError:
        raise SameGoingOnError from None  # begun by somebody at this very moment
    merging.archive(f"→ {survivor} ({survivor.public_id})")
    merge = SupplierMerge.objects.create(
        survivor=survivor,
        merged=merged,
        reason=reason,
        merged_by=by.user,
        changes=merging.changes,
        stayed=merging.stayed,
    )
    _tell("supplier.merged", survivor, other=merged, by=by, reason=reason)
    return merge


@transaction.atomic
def undo_merge(*, merge_id: int, reason: str, by: Principal) -> int:
    """Part two firms again: everything that still stands as the merge left it goes back where it was.

    What has come since stays with the survivor.

    Returns:
        How many writes have been overtaken since, or cannot be taken back, and were left as they are.

    Raises:
        SupplierMerge.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer.
        LeadsOnlyError: the actor does not run the agency.
        InvalidFactError: no reason is given.
        MergeOvertakenError: it was undone before, or the survivor was merged into another firm since.
    """
    found = SupplierMerge.objects.visible_to(by).get(pk=merge_id)
    require_lead(by)
    survivor, merged = _locked(found.survivor_id, found.merged_id, by=by)
    merge = SupplierMerge.objects.select_for_update().get(pk=merge_id)
    reason = checked_reason(reason)
    if merge.undone_at is not None or SupplierMerge.objects.in_force().filter(merged=survivor).exists():
        raise MergeOvertakenError
    left = take_back(merge.changes)
    merge.undone_at, merge.undone_by, merge.undone_reason = timezone.now(), by.user, reason
    merge.save_next_version()
    _tell("supplier.unmerged", merged, other=survivor, by=by, reason=reason)
    return left


def _locked(*ids: int, by: Principal) -> list[Supplier]:
    """The firms in the order of the ids, and their organisations, locked in the order of their keys: two who merge the
    same firms the other way round wait for each other, and not in a circle."""
    if len(set(ids)) < len(ids):
        raise InvalidFactError(_("A firm cannot be merged into itself."), pointer="/merged")
    visible = Supplier.objects.visible_to(by).select_related("organisation")
    firms = {firm.pk: firm for firm in visible.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))}
    if len(firms) < len(ids):
        raise Supplier.DoesNotExist
    organisations = (
        Organisation.objects.filter(supplier__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    )
    for organisation in organisations:
        next(firm for firm in firms.values() if firm.organisation_id == organisation.pk).organisation = organisation
    return [firms[pk] for pk in ids]


def _refuse(survivor: Supplier, merged: Supplier, *, tax_code: str) -> None:
    if merged.state == State.PUBLISHED != survivor.state:
        raise PublishedFirmStaysError
    mine, theirs = survivor.organisation, merged.organisation
    codes = {mine.tax_code, theirs.tax_code} - {""}
    if len(codes) > 1 and (tax_code not in codes or mine.country != theirs.country):
        raise DifferentTaxCodesError
    people = [set(_people(firm)) for firm in (survivor, merged)]
    if people[0] and people[1] - people[0]:
        raise BothRepresentedError
    if named := in_the_way(merged, survivor):
        shown = "; ".join(named[:MOST_NAMED]) + ("; …" if len(named) > MOST_NAMED else "")
        raise SameGoingOnError(
            _("Both firms have this going on: %(rows)s. End it for one of them first.") % {"rows": shown}
        )


def _people(firm: Supplier) -> list[int]:
    return list(Membership.objects.filter(organisation=firm.organisation_id).values_list("user_id", flat=True))


def _tell(topic: str, firm: Supplier, *, other: Supplier, by: Principal, reason: str) -> None:
    publish(
        topic,
        subject=firm,
        actor=by,
        audience=[firm.organisation_id],
        payload={"other": other.public_id, "other_name": str(other)},
        reason=reason,
    )
