"""A firm's way through a support programme: it applies, staff decide, and what came of it is noted."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.principals import Principal
from config.errors import DuplicateError, InvalidFactError
from notifications.services import publish
from suppliers.errors import SupplierArchivedError
from suppliers.models import Supplier, SupportApplication, SupportProgramme
from suppliers.services.access import lock_supplier, lock_supplier_as_staff, refuse_own
from suppliers.services.states import checked_reason
from suppliers.support.eligibility import Condition, conditions_of, find_applicant, qualifies
from suppliers.support.errors import NotEligibleError, SupportBudgetError, SupportEndedError, SupportNotOpenError

State = SupportApplication.State


@transaction.atomic
def apply_for_support(
    *, programme_id: int, supplier_id: int, by: Principal, note: str = "", asked_vnd: Decimal | None = None
) -> SupportApplication:
    """Apply to a programme, for one's own firm; staff on behalf of any.

    The firm's row is locked, so that of two at once the second finds the first; so is the programme's, so that none is
    taken once it is closed.

    Raises:
        SupportProgramme.DoesNotExist: there is none, or the actor may not see it.
        Supplier.DoesNotExist, NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        SupportNotOpenError, SupportEndedError: it is not the time of applications.
        DuplicateError: an application of the firm is live.
        NotEligibleError: a condition is not met.
        InvalidFactError: less than nothing is asked for.
    """
    supplier = lock_supplier(supplier_id, by=by)
    programme = SupportProgramme.objects.visible_to(by).select_for_update(of=("self",)).get(pk=programme_id)
    _refuse_out_of_time(programme)
    if asked_vnd is not None:
        _check_amount(asked_vnd, "asked_vnd")
    if same := SupportApplication.objects.live().filter(programme=programme, supplier=supplier).first():
        raise DuplicateError(existing=f"/api/v1/support-applications/{same.public_id}")
    _refuse_unqualified(programme, supplier)
    application = SupportApplication.objects.create(
        programme=programme, supplier=supplier, note=note, asked_vnd=asked_vnd, applied_by=by.user
    )
    _tell("received", application, audience=Organisation.objects.agency_ids(), by=by)
    return application


@transaction.atomic
def approve_support_application(
    *, application_id: int, granted_vnd: Decimal, by: Principal, expected_version: int | None = None
) -> SupportApplication:
    """Promise support, for so much of the programme's budget. The programme is locked while that is checked.

    Raises:
        SupportApplication.DoesNotExist, NotAllowedError, TransitionError, StaleVersionError: see `_lock_to_decide`.
        OwnEntryError: the officer applied for the firm, or is of it.
        SupplierArchivedError, NotEligibleError: the firm is archived, or suspended.
        InvalidFactError: less than nothing is granted.
        SupportBudgetError: the budget does not suffice.
    """
    application = _lock_to_decide(application_id, by=by, to=State.APPROVED, expected_version=expected_version)
    refuse_own(application.supplier, entered_by=application.applied_by, by=by)
    _refuse_shut_out(application.programme, application.supplier)
    _check_amount(granted_vnd, "granted_vnd")
    if granted_vnd > application.programme.left_vnd:
        raise SupportBudgetError(left_vnd=str(application.programme.left_vnd))
    application.granted_vnd = granted_vnd
    _count(application.programme, granted_vnd)
    return _decided(application, "approved", by=by)


@transaction.atomic
def decline_support_application(
    *, application_id: int, reason: str, by: Principal, expected_version: int | None = None
) -> SupportApplication:
    """Refuse support, saying why.

    Raises:
        SupportApplication.DoesNotExist, NotAllowedError, TransitionError, StaleVersionError: see `_lock_to_decide`.
        OwnEntryError: the officer applied for the firm, or is of it.
        InvalidFactError: no reason is given.
    """
    application = _lock_to_decide(application_id, by=by, to=State.DECLINED, expected_version=expected_version)
    refuse_own(application.supplier, entered_by=application.applied_by, by=by)
    application.state_reason = checked_reason(reason)
    return _decided(application, "declined", by=by)


@transaction.atomic
def withdraw_support_application(*, application_id: int, by: Principal, reason: str = "") -> SupportApplication:
    """Take an application back, also an approved one: its grant is free again. For the firm, and staff on its behalf.

    Raises:
        SupportApplication.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        TransitionError: it was declined, withdrawn or finished.
    """
    visible = SupportApplication.objects.visible_to(by)
    lock_supplier(visible.values_list("supplier_id", flat=True).get(pk=application_id), by=by)
    application = _read(application_id)
    application.move(State.WITHDRAWN, reason=checked_reason(reason) if reason else "")
    if application.granted_vnd:
        _count(application.programme, -application.granted_vnd)
    application.save_next_version()
    audience = [application.supplier.organisation_id, *Organisation.objects.agency_ids()]
    _tell("withdrawn", application, audience=audience, by=by)
    return application


@transaction.atomic
def finish_support_application(
    *,
    application_id: int,
    result: str,
    by: Principal,
    result_note: str = "",
    spent_vnd: Decimal | None = None,
    expected_version: int | None = None,
) -> SupportApplication:
    """Note what came of the support. What was not spent is free again.

    Args:
        spent_vnd: all that was granted, unless given.

    Raises:
        SupportApplication.DoesNotExist, NotAllowedError, TransitionError, StaleVersionError: see `_lock_to_decide`.
        InvalidFactError: no such result, or more was spent than granted.
    """
    application = _lock_to_decide(application_id, by=by, to=State.FINISHED, expected_version=expected_version)
    granted = application.granted_vnd or Decimal(0)
    spent = granted if spent_vnd is None else spent_vnd
    _check_amount(spent, "spent_vnd")
    if spent > granted:
        detail = _("More than the %(granted)s VND that were granted.") % {"granted": granted}
        raise InvalidFactError(detail, pointer="/spent_vnd", code="above_granted")
    if result not in SupportApplication.Result.values:
        raise InvalidFactError(_("No such result."), pointer="/result", code="invalid_choice")
    application.result, application.result_note = result, result_note
    application.spent_vnd, application.finished_at = spent, timezone.now()
    _count(application.programme, spent - granted)
    application.save_next_version()
    _tell("finished", application, audience=[application.supplier.organisation_id], by=by)
    return application


def _refuse_out_of_time(programme: SupportProgramme) -> None:
    today = timezone.localdate()
    if programme.state == SupportProgramme.State.CLOSED or today > programme.closes_on:
        raise SupportEndedError(closes_on=programme.closes_on.isoformat())
    if programme.state == SupportProgramme.State.DRAFT or today < programme.opens_on:
        raise SupportNotOpenError(opens_on=programme.opens_on.isoformat())


def _refuse_unqualified(programme: SupportProgramme, supplier: Supplier) -> None:
    conditions = _conditions(programme, supplier)
    if not qualifies(conditions):
        raise _not_eligible(conditions)


def _refuse_shut_out(programme: SupportProgramme, supplier: Supplier) -> None:
    """What else has changed since the firm applied is for the officer to judge."""
    if supplier.state == Supplier.State.ARCHIVED:
        raise SupplierArchivedError
    if supplier.state == Supplier.State.SUSPENDED:
        raise _not_eligible(_conditions(programme, supplier))


def _conditions(programme: SupportProgramme, supplier: Supplier) -> list[Condition]:
    today = timezone.localdate()
    applicant = find_applicant(Supplier.objects.filter(pk=supplier.pk), day=today)
    assert applicant is not None, "the firm is locked"  # noqa: S101
    return conditions_of(programme, applicant, day=today)


def _not_eligible(conditions: Collection[Condition]) -> NotEligibleError:
    told = [{"code": each.code, "verdict": each.verdict, "sentence": each.sentence} for each in conditions]
    return NotEligibleError(conditions=told)


def _check_amount(amount: Decimal, name: str) -> None:
    if amount < 0:
        raise InvalidFactError(_("At least %(bound)g.") % {"bound": 0}, pointer=f"/{name}", code="min_value")


def _lock_to_decide(application_id: int, *, by: Principal, to: str, expected_version: int | None) -> SupportApplication:
    """An application on its way to a state, locked after its firm and before its programme.

    Raises:
        SupportApplication.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor is no officer.
        StaleVersionError: it has changed since `expected_version`.
        TransitionError: no such step leads from its state.
    """
    visible = SupportApplication.objects.visible_to(by)
    lock_supplier_as_staff(visible.values_list("supplier_id", flat=True).get(pk=application_id), by=by)
    application = _read(application_id)
    application.check_version(expected_version)
    application.move(to)
    return application


def _read(application_id: int) -> SupportApplication:
    """The application of a firm that is locked, and its programme, both locked: a merge may move it to another firm."""
    read = SupportApplication.objects.select_related("supplier__organisation", "applied_by")
    application = read.select_for_update(of=("self",)).get(pk=application_id)
    application.programme = SupportProgramme.objects.select_for_update(of=("self",)).get(pk=application.programme_id)
    return application


def _count(programme: SupportProgramme, amount_vnd: Decimal) -> None:
    """Keep how much of the budget is granted. The programme is locked.

    It is no new version: from versions and times suppliers would learn when others are granted something.
    """
    if amount_vnd:
        programme.granted_vnd += amount_vnd
        programme.save(update_fields=["granted_vnd"])


def _decided(application: SupportApplication, what: str, *, by: Principal) -> SupportApplication:
    application.decided_by, application.decided_at = by.user, timezone.now()
    application.save_next_version()
    _tell(what, application, audience=[application.supplier.organisation_id], by=by)
    return application


def _tell(what: str, application: SupportApplication, *, audience: Collection[int], by: Principal) -> None:
    programme = application.programme
    words: dict[str, Any] = {
        "supplier_name": str(application.supplier),
        "programme": programme.public_id,
        "programme_vi": programme.name_vi,
        "programme_en": programme.name_en,
    }
    reason = application.state_reason
    topic = f"support_application.{what}"
    publish(topic, subject=application, actor=by, audience=audience, payload=words, reason=reason)
