"""How a buyer answers suppliers, for those who think of spending time on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Q
from django.utils import timezone

from buyers.models import HIDES_BUYER, Requirement
from matchmaking.models import Connection
from matchmaking.services.connections.time import REQUIREMENT_ENDED

WINDOW = timedelta(days=730)
"""What lies further back says little of a buyer today."""
ANSWERED = Q(state__in=(*Connection.OPENED, Connection.State.DECLINED))
IN_VAIN = Q(state=Connection.State.WITHDRAWN, state_reason=REQUIREMENT_ENDED)
"""The buyer ended the requirement and left the offer without an answer."""
ENDED = tuple(set(Requirement.State.values) - {Requirement.State.DRAFT, Requirement.State.OPEN})


@dataclass(frozen=True, kw_only=True)
class Responsiveness:
    """Counts and what comes of them; a share of nothing is None."""

    offers: int = 0
    """Offers of suppliers that were answered, or were not before they expired or the requirement ended. Those taken
    back or still in time count for none."""
    answered: int = 0
    median_days_to_answer: float | None = None
    requirements_ended: int = 0
    awarded: int = 0

    @property
    def share_answered(self) -> float | None:
        return round(self.answered / self.offers, 4) if self.offers else None

    @property
    def share_awarded(self) -> float | None:
        return round(self.awarded / self.requirements_ended, 4) if self.requirements_ended else None

    def told(self) -> dict[str, Any]:
        """Counts and shares by name."""
        return {
            "offers": self.offers,
            "answered": self.answered,
            "share_answered": self.share_answered,
            "median_days_to_answer": self.median_days_to_answer,
            "requirements_ended": self.requirements_ended,
            "awarded": self.awarded,
            "share_awarded": self.share_awarded,
        }


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def responsiveness_of(buyer_ids: Collection[int]) -> dict[int, Responsiveness]:
    """How each of these buyers answered within the last two years, in two queries.

    What hides its buyer is left out: a supplier that sees its offer answered would see whose figures move.
    """
    since = timezone.now() - WINDOW
    named = Requirement.objects.filter(~HIDES_BUYER, buyer__in=buyer_ids)
    over = ANSWERED | IN_VAIN | Q(pk__in=Connection.objects.standing_at(Connection.State.EXPIRED).values("pk"))
    offers = Connection.objects.filter(
        over, initiator=Connection.Side.SUPPLIER, created_at__gte=since, requirement__in=named.values("pk")
    )
    answers = offers.values(buyer=F("requirement__buyer")).annotate(
        offers=Count("pk"),
        answered=Count("pk", filter=ANSWERED),
        median=Median(F("decided_at") - F("created_at"), filter=ANSWERED),
    )
    ended = named.filter(state__in=ENDED, opened_at__gte=since)
    fates = (
        ended.order_by()
        .values("buyer")
        .annotate(ended=Count("pk"), awarded=Count("pk", filter=Q(state=Requirement.State.AWARDED)))
    )
    found: dict[int, dict[str, Any]] = {pk: {} for pk in buyer_ids}
    for row in answers.order_by():
        days = row["median"] and round(row["median"] / timedelta(days=1), 1)
        found[row["buyer"]] |= {"offers": row["offers"], "answered": row["answered"], "median_days_to_answer": days}
    for fate in fates:
        found[fate["buyer"]] |= {"requirements_ended": fate["ended"], "awarded": fate["awarded"]}
    return {pk: Responsiveness(**counts) for pk, counts in found.items()}
