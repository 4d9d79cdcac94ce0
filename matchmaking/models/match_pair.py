"""Suppliers and requirements that match at present, and what changed so that it is to be looked at again."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from buyers.models import Buyer, Requirement, RequirementAudience
from jobs.models import DueRow, DueRowQuerySet
from jobs.models.due_row import ATTEMPTS
from matchmaking.models.connection import Connection
from suppliers.models import Supplier


class MatchNoteQuerySet(DueRowQuerySet["MatchNote"]):
    def due(self) -> Self:
        """Those whose first change lies long enough back: what follows it so soon is looked at together with it."""
        settled = Q(state=DueRow.State.RUNNING) | Q(due_at__lte=Now() - settings.MATCHES_SETTLE)
        return super().due().filter(settled)

    def settle(self, note: "MatchNote") -> None:
        """Let go of a claimed note once it has been worked on; where its thing changed meanwhile, it is due again."""
        held = self.held(note)
        if not held.filter(changes=note.changes).delete()[0]:
            again = {"state": DueRow.State.DUE, "due_at": Now(), "give_up_after": F("attempts") + ATTEMPTS}
            held.update(lease_until=None, **again)

    def add_open_requirements(self) -> None:
        """Note every open requirement, as its own change would."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT matchmaking_note_match('requirement', id) FROM buyers_requirement"
                " WHERE state = 'open' ORDER BY id"
            )


class MatchNote(DueRow):
    """A supplier or requirement that changed and whose matches are to be found anew.

    One row for each, however often it changes. Triggers keep them, in the transaction of the change: a worker passes
    over a note that an uncommitted change holds, so it never works on what will be outdated unnoticed.
    """

    class Thing(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        REQUIREMENT = "requirement", _("Requirement")

    thing = models.CharField(_("kind"), max_length=12, choices=Thing.choices)
    thing_id = models.BigIntegerField(_("row"))
    changes = models.PositiveIntegerField(_("changes"), default=1, help_text=_("Since it was noted."))

    objects: ClassVar[MatchNoteQuerySet] = MatchNoteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("note for matches")
        verbose_name_plural = _("notes for matches")
        constraints = [models.UniqueConstraint(fields=["thing", "thing_id"], name="match_note_once_per_thing")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=("due", "running")), name="match_note_due"),
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.thing_id}"


class MatchPairQuerySet(models.QuerySet["MatchPair"]):
    def current(self) -> Self:
        return self.filter(left_at=None)

    def untold(self, side: str) -> Self:
        """Current pairs of which that side has not heard: of a verified buyer's open requirement and a published
        supplier that do not talk about it yet."""
        connected = Connection.objects.filter(requirement=OuterRef("requirement"), supplier=OuterRef("supplier"))
        return (
            self.current()
            .filter(side=side, told_at=None, requirement__state=Requirement.State.OPEN)
            .filter(requirement__buyer__state=Buyer.State.VERIFIED, supplier__state=Supplier.State.PUBLISHED)
            .exclude(Exists(connected))
        )

    def perhaps_seen(self) -> Self:
        """Without those whose supplier has no chance to see the requirement. `visible_to` decides of the others."""
        told = RequirementAudience.objects.filter(
            requirement=OuterRef("requirement"), organisation=OuterRef("supplier__organisation")
        )
        return self.filter(Q(requirement__visibility=Requirement.Visibility.PUBLIC) | Exists(told))

    def told_since(self, moment: datetime) -> Self:
        return self.filter(told_at__gt=moment)


class MatchPair(models.Model):
    """A supplier that is eligible for an open requirement and reaches its threshold, as one side may know it.

    The supplier's side of an anonymous requirement is found without the buyer's place. A pair that has left is kept for
    some time, so that neither side is told again when it soon comes back.
    """

    class Side(models.TextChoices):
        BUYER = "buyer", _("Buyer")
        SUPPLIER = "supplier", _("Supplier")

    requirement = models.ForeignKey("buyers.Requirement", on_delete=models.CASCADE, related_name="match_pairs")
    supplier = models.ForeignKey("suppliers.Supplier", on_delete=models.CASCADE, related_name="match_pairs")
    side = models.CharField(_("side"), max_length=8, choices=Side.choices)
    score = models.FloatField(_("score"))
    since = models.DateTimeField(_("since"))
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    objects = MatchPairQuerySet.as_manager()

    class Meta:
        verbose_name = _("matching pair")
        verbose_name_plural = _("matching pairs")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "supplier", "side"], name="match_pair_once_per_side"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="match_pair_score_is_a_share"),
        ]
        indexes = [
            models.Index(fields=["side"], condition=Q(told_at=None, left_at=None), name="match_pair_untold"),
            models.Index(fields=["told_at"], condition=Q(told_at__isnull=False), name="match_pair_told"),
            models.Index(fields=["left_at"], condition=Q(left_at__isnull=False), name="match_pair_left"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} ↔ {self.supplier_id} ({self.side})"
