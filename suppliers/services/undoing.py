"""Taking back a check that was a mistake. The history keeps both."""

from django.db import transaction

from accounts.principals import Principal
from notifications.services import publish
from suppliers.checking import undo_line
from suppliers.models import Evidence, Supplier
from suppliers.services.access import lock_supplier, require_lead, row_below
from suppliers.services.states import checked_reason


@transaction.atomic
def undo_check(*, supplier_id: int, check: str, reason: str, by: Principal) -> Supplier:
    """Bring back how a fact stood before a check: its level, day and note, and whether a certificate was decided.

    Args:
        check: public id of the line of the history.

    Raises:
        Supplier.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError, SupplierArchivedError: see `lock_supplier`.
        LeadsOnlyError: the actor does not run the agency.
        Evidence.DoesNotExist: the firm has no such check.
        Capability.DoesNotExist, Certificate.DoesNotExist: what was checked is no longer there.
        InvalidFactError: no reason is given.
        CheckNotInForceError, CheckedSinceError: see `suppliers.checking.undo_line`.
    """
    supplier = lock_supplier(supplier_id, by=by)
    require_lead(by)
    reason = checked_reason(reason)
    made = Evidence.objects.filter(supplier=supplier, act=Evidence.Act.CHECKED).get(public_id=check)
    row = row_below(supplier, made.subject)
    undo_line(row, made, by=by, reason=reason)
    publish(
        "evidence.undone",
        subject=supplier,
        actor=by,
        audience=[supplier.organisation_id],
        payload={"row": row.public_id, "facts": [made.fact], "check": made.public_id},
        reason=reason,
    )
    return supplier
