"""A person who signed up says that an imported firm is theirs; staff decide."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from accounts.principals import Principal
from accounts.services import add_member, remove_member
from accounts.tax_codes import HOME, normalised
from config.errors import DuplicateError, InvalidFactError, NotAllowedError
from notifications.services import publish
from suppliers.errors import FirmAlreadyClaimedError, TooManyClaimsError
from suppliers.models import Claim, Supplier
from suppliers.services.access import lock_supplier_as_staff, refuse_own, require_lead
from suppliers.services.states import checked_reason


@transaction.atomic
def claim_supplier(
    *, by: Principal, supplier_id: int | None = None, tax_code: str = "", country: str = HOME, note: str = ""
) -> Claim:
    """Say that a firm which nobody represents yet is one's own. It may be named by its tax code while not published.

    Raises:
        NotAllowedError: the actor is nobody, or software.
        Supplier.DoesNotExist: there is none of this id, or the actor may not see it.
        InvalidFactError: no firm has this tax code, or it is none.
        FirmAlreadyClaimedError: somebody represents the firm.
        DuplicateError: the actor's claim is waiting already.
        TooManyClaimsError: as many of the actor's are waiting as may.
    """
    if by.user is None:
        raise NotAllowedError
    supplier = _named(supplier_id, tax_code, country=country, by=by)
    _refuse_claimed(supplier)
    _refuse_many(supplier, claimant_id=by.user.pk)
    claim = Claim.objects.create(supplier=supplier, claimant=by.user, note=note)
    publish(
        "claim.opened",
        subject=supplier,
        actor=by,
        audience=Organisation.objects.agency_ids(),
        payload={"claim": claim.public_id},
    )
    return claim


@transaction.atomic
def approve_claim(*, claim_id: int, by: Principal) -> Claim:
    """Make the claimant the firm's owner. Whoever else waits to be that is refused with it.

    Raises:
        Claim.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer.
        TransitionError: it has been decided already.
        OwnEntryError: it is the officer's own claim, or firm.
        FirmAlreadyClaimedError: somebody else represents the firm by now.
    """
    claim = _locked_claim(claim_id, by=by)
    claim.move(Claim.State.APPROVED)
    refuse_own(claim.supplier, entered_by=claim.claimant, by=by)
    _refuse_claimed(claim.supplier)
    add_member(organisation_id=claim.supplier.organisation_id, user=claim.claimant, role=Membership.Role.OWNER, by=by)
    _decide(claim, "claim.approved", audience=[claim.supplier.organisation_id], by=by)
    _reject_rivals(claim, by=by)
    return claim


@transaction.atomic
def reject_claim(*, claim_id: int, reason: str, by: Principal) -> Claim:
    """Refuse a claim, saying why.

    Raises:
        Claim.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer.
        TransitionError: it has been decided already.
        InvalidFactError: no reason is given.
    """
    claim = _locked_claim(claim_id, by=by)
    claim.move(Claim.State.REJECTED, reason=checked_reason(reason))
    return _decide(claim, "claim.rejected", audience=[], by=by)


@transaction.atomic
def undo_claim_decision(*, claim_id: int, reason: str, by: Principal) -> Claim:
    """Take back an approval or rejection that was a mistake: the claim waits for a decision again.

    Whom the approval made the firm's owner is no member any more. What they did meanwhile stays, also whom they
    invited; claims that were refused with the approval can be made anew.

    Raises:
        Claim.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer; LeadsOnlyError where the actor does not run the agency.
        InvalidFactError: no reason is given.
        TransitionError: it waits for a decision.
        DuplicateError: the claimant has claimed the firm anew since.
    """
    claim = _locked_claim(claim_id, by=by)
    require_lead(by)
    was_approved = claim.state == Claim.State.APPROVED
    claim.move(Claim.State.PENDING, reason=checked_reason(reason))
    newer = Claim.objects.filter(supplier=claim.supplier, claimant=claim.claimant, state=Claim.State.PENDING).first()
    if newer is not None:
        raise DuplicateError(existing=f"/api/v1/claims/{newer.public_id}")
    if was_approved:
        _end_membership(claim, by=by)
    return _decide(claim, "claim.undone", audience=[], by=by)


def _named(supplier_id: int | None, tax_code: str, *, country: str, by: Principal) -> Supplier:
    everything = Supplier.objects.select_for_update(of=("self",)).select_related("organisation")
    if supplier_id is not None:
        Supplier.objects.visible_to(by).get(pk=supplier_id)
        return everything.get(pk=supplier_id)
    code = normalised(tax_code, country=country, check_digit=False)
    living = everything.exclude(state=Supplier.State.ARCHIVED)
    supplier = living.filter(organisation__country=country, organisation__tax_code=code).exclude(
        organisation__tax_code=""
    )
    if (found := supplier.first()) is None:
        raise InvalidFactError(_("No firm with this tax code."), pointer="/tax_code", code="does_not_exist")
    return found


def _refuse_claimed(supplier: Supplier) -> None:
    if Membership.objects.filter(organisation=supplier.organisation).exists():
        raise FirmAlreadyClaimedError


def _refuse_many(supplier: Supplier, *, claimant_id: int) -> None:
    """The person's row is locked, so that of many claims at once no more are opened than one after the other."""
    claimant = User.objects.select_for_update().get(pk=claimant_id)
    waiting = Claim.objects.filter(claimant=claimant, state=Claim.State.PENDING)
    if same := waiting.filter(supplier=supplier).first():
        raise DuplicateError(existing=f"/api/v1/claims/{same.public_id}")
    if waiting.count() >= settings.CLAIMS_WAITING_PER_PERSON:
        raise TooManyClaimsError(most=settings.CLAIMS_WAITING_PER_PERSON)


def _locked_claim(claim_id: int, *, by: Principal) -> Claim:
    supplier_id = Claim.objects.visible_to(by).values_list("supplier_id", flat=True).get(pk=claim_id)
    lock_supplier_as_staff(supplier_id, by=by)
    return Claim.objects.select_related("supplier__organisation", "claimant").get(pk=claim_id)


def _end_membership(claim: Claim, *, by: Principal) -> None:
    membership = Membership.objects.filter(organisation=claim.supplier.organisation, user=claim.claimant).first()
    if membership is not None:
        remove_member(membership_id=membership.pk, by=by)


def _reject_rivals(approved: Claim, *, by: Principal) -> None:
    """Refuse the firm's other claims; it is locked, so none is opened meanwhile. Each claimant reads why."""
    pending = Claim.objects.filter(supplier=approved.supplier, state=Claim.State.PENDING)
    for rival in pending.select_related("supplier__organisation", "claimant").order_by("pk"):
        rival.move(Claim.State.REJECTED)
        with translation.override(rival.claimant.language):
            rival.state_reason = gettext("Somebody else has shown that they represent this firm.")
        _decide(rival, "claim.rejected", audience=[], by=by)


def _decide(claim: Claim, topic: str, *, audience: list[int], by: Principal) -> Claim:
    claim.decided_by = by.user
    claim.decided_at = timezone.now()
    claim.save_next_version()
    payload = {"claim": claim.public_id}
    publish(
        topic,
        subject=claim.supplier,
        actor=by,
        audience=audience,
        people=[claim.claimant_id],
        payload=payload,
        reason=claim.state_reason,
    )
    return claim
