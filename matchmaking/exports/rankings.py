"""The ranking of a requirement as rows: every line that its reader sees, with a sentence for each criterion."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.principals import Principal
from buyers.models import Criterion, Requirement
from config.tables.cells import Column, Row, column
from matchmaking.api.v1.match_serializers import SelectionSerializer
from matchmaking.api.v1.matches import check_verified, ranking_for, readable_requirement, reader_s_language
from matchmaking.exports.columns import LEGAL_NAME, TRADE_NAME
from matchmaking.exports.lists import there_is_none
from matchmaking.presentation import Viewer, present, viewer_of
from matchmaking.services import Match, Wanted

BATCH = 100

LINE: Sequence[Column] = (
    column("rank", gettext_lazy("Rank")),
    column("supplier", gettext_lazy("Supplier")),
    column("legal_name", LEGAL_NAME),
    column("trade_name", TRADE_NAME),
    column("eligibility", gettext_lazy("Eligibility")),
    column("score", gettext_lazy("Score, 0 to 1")),
    column("potential", gettext_lazy("Potential, 0 to 1")),
    column("failed", gettext_lazy("Gates failed")),
    column("unconfirmed", gettext_lazy("Gates not confirmed")),
)


class RankingFilters(SelectionSerializer):
    """The parameters of the ranking, and of which requirement. All lines unless `top` is given."""

    requirement = serializers.CharField(max_length=32)
    top = serializers.IntegerField(min_value=1, default=None)


class RankingRows:
    """What a reader sees of the ranking as it is now.

    Raises:
        ValidationError: the ranking would refuse these `filters`, or there is no such requirement for the reader.
        BuyerNotVerifiedError: staff do not vouch for the buyer.
    """

    def __init__(self, *, by: Principal, filters: Mapping[str, str]) -> None:
        wanted = RankingFilters(data=dict(filters))
        wanted.is_valid(raise_exception=True)
        self._wanted = dict(wanted.validated_data)
        self._by = by
        self._requirement = _requirement(self._wanted.pop("requirement"), by)
        self._viewer = viewer_of(self._requirement, by)
        if self._viewer is Viewer.BUYER:
            check_verified(self._requirement.buyer)

    @cached_property
    def _found(self) -> Match:
        return ranking_for(self._viewer, self._requirement, self._by, Wanted(**self._wanted))

    @property
    def columns(self) -> list[Column]:
        return [*LINE, *(each for key in self._found.ranking.criteria for each in _of_criterion(key))]

    def batches(self) -> Iterator[tuple[int, int, list[Row]]]:
        """How many lines have been gone through after the batch, of how many, and the batch itself."""
        found = self._found
        lines = found.positions
        for start in range(0, len(lines), BATCH):
            batch = lines[start : start + BATCH]
            shown = present(found, batch, viewer=self._viewer, language=reader_s_language())
            yield start + len(batch), len(lines), shown["results"]


def _requirement(public_id: str, by: Principal) -> Requirement:
    try:
        return readable_requirement(public_id, by)
    except Http404:
        raise ValidationError({"requirement": [there_is_none(public_id)]}) from None


def _of_criterion(key: str) -> list[Column]:
    name = Criterion.Key(key).label
    parts = {
        "value": _("value, 0 to 1"),
        "confidence": _("confidence, 0 to 1"),
        "verdict": _("verdict"),
        "sentence": _("why"),
    }
    return [_of_finding(key, member, f"{name}: {part}") for member, part in parts.items()]


def _of_finding(key: str, member: str, header: str) -> Column:
    return Column(field="criteria", header=header, read=lambda row: row["criteria"][key][member])
