"""Freezing a ranking, so that it can be shown, and replayed, as it was."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.errors import BuyerNotVerifiedError
from buyers.models import Buyer, Requirement
from buyers.rights import check_owns
from matchmaking.catalogue.facts_file import facts_document
from matchmaking.catalogue.vocabulary import LANGUAGES
from matchmaking.engine.canonical import canonical_json
from matchmaking.engine.replay import replay
from matchmaking.engine.sentences import Language
from matchmaking.errors import RequirementNotOpenError
from matchmaking.models import MatchResult, MatchRun
from matchmaking.services.explaining import Line, bare, explained
from matchmaking.services.matches import Match, RequirementVersion, Wanted, match_requirement
from notifications.services import publish
from suppliers.models import Supplier

MOST_FROZEN = 200
"""Lines of a run. The others are counted."""


def freeze_matches(*, requirement_id: int, by: Principal) -> MatchRun:
    """Keep the ranking of an open requirement as it is now: its first lines, and the facts that they rest on.

    Raises:
        Requirement.DoesNotExist: there is none, or `by` may not see it.
        NotAllowedError: it is another's, or the caller may only read.
        BuyerNotVerifiedError: staff do not vouch for the buyer.
        RequirementNotOpenError: it is a draft, or has ended.
    """
    draft = _draft(_rankable(requirement_id, by), by=by)  # seconds in which nobody waits for the requirement
    with transaction.atomic():
        requirement = _rankable(requirement_id, by, is_locked=True)
        if draft.version != RequirementVersion.of(requirement):  # it has changed meanwhile
            draft = _draft(requirement, by=by)
        run = draft.kept()
        publish("match_run.created", subject=run, actor=by, audience=[requirement.buyer.organisation_id])
    return run


@dataclass(frozen=True, slots=True)
class Draft:
    """A run and its lines, which are not stored yet.

    Attributes:
        version: of the requirement that was ranked.
        at_once: lines of one statement.
    """

    version: RequirementVersion
    run: MatchRun
    lines: Sequence[MatchResult]
    at_once: int

    def kept(self) -> MatchRun:
        self.run.save()
        MatchResult.objects.bulk_create(self.lines, batch_size=self.at_once)
        return self.run


def _rankable(requirement_id: int, by: Principal, *, is_locked: bool = False) -> Requirement:
    """The requirement; locked, so that the version that the run names is the one that was ranked."""
    visible = Requirement.objects.visible_to(by).select_related("buyer", "plant")
    rows = visible.select_for_update(of=("self",), no_key=True) if is_locked else visible
    requirement = rows.get(pk=requirement_id)
    check_owns(requirement, by)
    if not by.is_staff and requirement.buyer.state != Buyer.State.VERIFIED:
        raise BuyerNotVerifiedError(_("Only a verified buyer sees which suppliers match."))
    if requirement.state != Requirement.State.OPEN:
        raise RequirementNotOpenError(state=requirement.state)
    return requirement


def _draft(requirement: Requirement, *, by: Principal) -> Draft:
    match = match_requirement(requirement, Wanted(top=MOST_FROZEN))
    firms = Supplier.objects.filter(public_id__in=match.supplier_ids)
    keys = dict(firms.values_list("public_id", "pk"))  # before any of them is erased
    document = _facts_of(match)
    source = canonical_json(document).encode()
    counts = match.ranking.counts
    lines = {language: explained(match, match.positions, language) for language in LANGUAGES}
    told = lines["vi"]
    replayed = replay(source)
    if replayed["results"] != [bare(line) for line in told]:
        raise RuntimeError(f"the facts of {requirement.public_id} do not replay to its ranking")
    run = MatchRun(
        requirement=requirement,
        requirement_version=requirement.content_version,
        as_of=match.snapshot.as_of,
        engine_version=replayed["engine_version"],
        sha256=replayed["sha256"],
        asked=document["requirement"],
        criteria=_criteria_of(match),
        counts=counts,
        beyond={name: count - sum(line["eligibility"] == name for line in told) for name, count in counts.items()},
        facts=zlib.compress(source),
        created_by=by.user,
    )
    # A line of fifty operations may have half a megabyte, and a statement its time.
    at_once = max(1, MOST_FROZEN // len(match.ranking.requirement.operations))
    return Draft(RequirementVersion.of(requirement), run, _lines_of(run, lines, keys), at_once)


def _facts_of(match: Match) -> dict[str, Any]:
    """The facts of the suppliers that are shown: no score depends on the others."""
    snapshot = match.snapshot
    records = match.ranking.records_at(match.positions)
    return facts_document(match.ranking.requirement, records, snapshot.taxonomy, as_of=snapshot.as_of)


def _criteria_of(match: Match) -> dict[str, Any]:
    return {
        key: {name: getattr(criterion, name) for name in ("mode", "weight", "min_level")}
        for key, criterion in match.ranking.criteria.items()
    }


def _lines_of(
    run: MatchRun, lines: Mapping[Language, Sequence[Line]], keys: Mapping[str, int]
) -> Sequence[MatchResult]:
    told = [dict(zip(lines, by_language, strict=True)) for by_language in zip(*lines.values(), strict=True)]
    return [
        MatchResult(
            run=run,
            supplier_id=keys[each["vi"]["supplier"]],
            lines=each,
            **{name: each["vi"][name] for name in ("rank", "eligibility", "score", "potential")},
        )
        for each in told
    ]
