"""What waits for staff: each queue with its length and the list that works it off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer
from jobs.models import DueRow
from matchmaking.models import Connection
from matchmaking.programme import lists
from notifications.models import Delivery
from privacy.models import DataRequest
from suppliers.models import Certificate, Claim, Evidence, Import, Supplier, SupportApplication


@dataclass(frozen=True)
class Queue:
    """Rows that wait. Who may not see such rows is not told how many there are."""

    label: str | Promise
    permission: str
    rows: Callable[[], QuerySet[Any]]
    address: Callable[[], str]


@dataclass(frozen=True)
class Waiting:
    """A queue as it is now."""

    label: str | Promise
    count: int
    address: str


QUEUES = (
    Queue(
        _("Firms submitted, to be reviewed"),
        "suppliers.view_supplier",
        lambda: Supplier.objects.filter(state=Supplier.State.SUBMITTED),
        lambda: lists.firms(queue="waiting"),
    ),
    Queue(
        _("Certificates to be checked"),
        "suppliers.view_certificate",
        lambda: Certificate.objects.filter(state=Certificate.State.DECLARED),
        lambda: lists.certificates(queue="waiting"),
    ),
    Queue(
        _("Firms whose facts changed since their check"),
        "suppliers.view_supplier",
        lambda: Supplier.objects.published().filter(pk__in=Evidence.objects.overtaken().values("supplier")),
        lambda: lists.firms(facts="changed"),
    ),
    Queue(
        _("Claims of imported firms"),
        "suppliers.view_claim",
        lambda: Claim.objects.filter(state=Claim.State.PENDING),
        lambda: lists.rows("suppliers_claim", queue="waiting"),
    ),
    Queue(
        _("Lists of firms to be confirmed"),
        "suppliers.view_import",
        lambda: Import.objects.filter(state=Import.State.PREVIEWED),
        lambda: lists.rows("suppliers_import", state__exact=Import.State.PREVIEWED.value),
    ),
    Queue(
        _("Applications for support"),
        "suppliers.view_supportapplication",
        lambda: SupportApplication.objects.filter(state=SupportApplication.State.APPLIED),
        lambda: lists.rows("suppliers_supportapplication", queue="waiting"),
    ),
    Queue(
        _("Buyers to be verified"),
        "buyers.view_buyer",
        lambda: Buyer.objects.filter(state=Buyer.State.REGISTERED),
        lambda: lists.rows("buyers_buyer", waiting="verification"),
    ),
    Queue(
        _("Connections that have stalled"),
        "matchmaking.view_connection",
        lambda: Connection.objects.stalled(),
        lambda: lists.rows("matchmaking_connection", waiting="stalled"),
    ),
    Queue(
        _("Messages that could not be delivered"),
        "notifications.view_delivery",
        lambda: Delivery.objects.filter(state=DueRow.State.DEAD),
        lambda: lists.rows("notifications_delivery", state__exact=DueRow.State.DEAD.value),
    ),
    Queue(
        _("Requests about personal data"),
        "privacy.view_datarequest",
        lambda: DataRequest.objects.filter(state__in=DataRequest.OPEN),
        lambda: lists.rows("privacy_datarequest", queue="open"),
    ),
)


def waiting_for(user: Any) -> list[Waiting]:
    """The queues that this person may see, one query each."""
    seen = [queue for queue in QUEUES if user.has_perm(queue.permission)]
    return [Waiting(queue.label, queue.rows().count(), queue.address()) for queue in seen]
