"""Suppliers that together can do what none, or hardly one, can do alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.content import CriterionContent, OperationContent, RequirementContent, content_of
from buyers.models import Criterion, Requirement
from config.errors import InvalidFactError
from matchmaking import catalogue
from matchmaking.catalogue import Snapshot
from matchmaking.decisions.consortium import Consortia, Limits, consortia
from matchmaking.decisions.consortium_table import Candidate
from matchmaking.engine.model import CapabilityRecord
from matchmaking.engine.score import rounded
from matchmaking.models import Shortlist
from matchmaking.services.connections.opening import locked_to_ask
from matchmaking.services.enquiries import Asked, enquire_shortlist
from matchmaking.services.matches import Match, Wanted, match_firms_in, match_in
from matchmaking.services.opportunities import knows_buyer_of
from matchmaking.services.shortlists import add_entries, create_shortlist
from suppliers.models import Supplier
from taxonomy.models import Province

MOST_CANDIDATES: Final = 200
"""Of an operation: the first of its ranking."""
MOST_FIRMS: Final = 10
USUAL_FIRMS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsortiumQuestion:
    """What is wanted of the members. Places are those of the sites at which they would do their operation.

    Attributes:
        eligibility: each is so before its operation alone, all else asked as it is.
        within_km: of the plant; `province`: of today, whatever the address says, or of old where the address names it;
            `in_corridor`: of the plant's province, or on a corridor with it.
        most_sets: at most so many proposals.
        member: the id of a supplier that does at least one operation of each; None: any may.
        member_eligibility: the same of that supplier.
    """

    eligibility: tuple[str, ...] = ("eligible",)
    member: str | None = None
    member_eligibility: tuple[str, ...] = ("eligible",)
    most_firms: int = USUAL_FIRMS
    most_sets: int = 5
    within_km: float | None = None
    in_corridor: bool = False
    province: Province | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """With what, and in which province, a candidate would do an operation."""

    capability: CapabilityRecord
    province: str | None


@dataclass(frozen=True, slots=True)
class FoundConsortia:
    """What was found, what each candidate takes by operation and supplier, and the facts it rests on."""

    operations: Sequence[OperationContent]
    consortia: Consortia
    taken: Mapping[tuple[int, str], Taken]
    snapshot: Snapshot

    def candidates_of(self, operation: int) -> int:
        return sum(place == operation for place, _supplier in self.taken)


def find_consortia_with(supplier: Supplier, requirement: Requirement, question: ConsortiumQuestion) -> FoundConsortia:
    """The same for sets in which a supplier takes part, for its own eyes: of the requirement and its buyer nothing
    counts that it may not know.

    Args:
        requirement: of `requirements_seen_by` the supplier.

    Raises:
        InvalidFactError: as `find_consortia`, or the supplier may not know where the plant is.
    """
    with_member = replace(question, member=supplier.public_id)
    return find_consortia(requirement, with_member, with_place=knows_buyer_of(requirement))


def find_consortia(
    requirement: Requirement, question: ConsortiumQuestion, *, with_place: bool = True
) -> FoundConsortia:
    """The smallest sets of suppliers that together pass the gates of all operations, best first. None of a single
    operation: there is nothing to share.

    Where lead time is a gate, the days of all operations together keep to it.

    Args:
        with_place: whether it counts where exactly the buyer's plant is.

    Raises:
        InvalidFactError: a place is asked for, but the requirement does not say where its plant is.
    """
    snapshot = catalogue.current()
    content = content_of(Requirement.objects.with_content().get(pk=requirement.pk))
    content = _placed(content if with_place else content.without_place(), question)
    if len(content.operations) < 2:
        return FoundConsortia(content.operations, Consortia((), True, None), {}, snapshot)
    provinces = _references(question.province) if question.province else None
    candidates: list[Candidate] = []
    taken: dict[tuple[int, str], Taken] = {}
    for place, operation in enumerate(content.operations):
        for match in _matches(snapshot, content.with_one(operation), question, whole=provinces is not None):
            for candidate, takes in _candidates(match, place, provinces):
                if (place, candidate.firm) not in taken:
                    candidates.append(candidate)
                    taken[place, candidate.firm] = takes
    limits = Limits(
        most_firms=question.most_firms,
        member=question.member,
        most_sets=question.most_sets,
        most_days=_most_days(content),
    )
    return FoundConsortia(content.operations, consortia(len(content.operations), candidates, limits), taken, snapshot)


@transaction.atomic
def ask_consortium(
    *, requirement_id: int, suppliers: Sequence[Supplier], message: str = "", by: Principal
) -> tuple[Shortlist, list[Asked]]:
    """Put the members on a shortlist of their own and ask all of them to talk, a connection each.

    The list keeps them together: its answers say when all have accepted.

    Raises:
        NotAllowedError, BuyerNotVerifiedError, RequirementNotOpenError: as `request_connection`.
        LimitReachedError: the organisation has too many lists.
    """
    requirement = locked_to_ask(requirement_id, by)
    name = _("Consortium: {title}").format(title=requirement.title)[:150]
    shortlist = create_shortlist(values={"name": name, "requirement": requirement}, by=by)
    add_entries(shortlist_id=shortlist.pk, items=[{"supplier": supplier} for supplier in suppliers], by=by)
    return shortlist, enquire_shortlist(shortlist_id=shortlist.pk, message=message, by=by)


def _placed(content: RequirementContent, question: ConsortiumQuestion) -> RequirementContent:
    """With the places asked for as gates. Those that were not asked before do not count in the score."""
    criteria = dict(content.criteria)
    if question.within_km is not None:
        if content.plant is None or content.plant.latitude is None:
            raise _nowhere("/within_km")
        far = max(content.far_km, question.within_km + 1)
        criteria["distance"] = _gate(content, Criterion.Key.DISTANCE)
        content = replace(content, near_km=question.within_km, far_km=far)
    if question.in_corridor:
        if content.plant is None or content.plant.province_key is None:
            raise _nowhere("/in_corridor")
        criteria["corridor"] = _gate(content, Criterion.Key.CORRIDOR)
    return replace(content, criteria=criteria)


def _gate(content: RequirementContent, key: Criterion.Key) -> CriterionContent:
    is_asked = key in content.asked() and content.criteria.get(key, CriterionContent()).mode != Criterion.Mode.OFF
    setting = content.criteria.get(key, CriterionContent()) if is_asked else CriterionContent(weight=0.0)
    return replace(setting, mode=Criterion.Mode.MUST.value)


def _nowhere(pointer: str) -> InvalidFactError:
    text = _("The requirement does not say where its plant is.")
    return InvalidFactError(text, pointer=pointer, code="no_place")


def _most_days(content: RequirementContent) -> float | None:
    setting = content.criteria.get(Criterion.Key.LEAD_TIME)
    return content.lead_time_days if setting is not None and setting.mode == Criterion.Mode.MUST else None


def _matches(
    snapshot: Snapshot, content: RequirementContent, question: ConsortiumQuestion, *, whole: bool
) -> Iterator[Match]:
    """Who may do one operation: first the supplier that must take part, if any, whatever its rank; then the best of
    all, or all of them.
    """
    if question.member is not None:
        yield match_firms_in(snapshot, content, [question.member], Wanted(eligibility=question.member_eligibility))
    yield match_in(snapshot, content, Wanted(eligibility=question.eligibility, top=None if whole else MOST_CANDIDATES))


def _candidates(match: Match, place: int, provinces: Collection[str] | None) -> list[tuple[Candidate, Taken]]:
    """The best that may do one operation, each with what it takes."""
    positions = match.positions
    if provinces is not None:
        (is_there,) = match.ranking.chosen_in(provinces)
        positions = [position for position in positions if is_there[position]][:MOST_CANDIDATES]
    found = []
    for position, record in zip(positions, match.ranking.chosen_records_at(positions), strict=True):
        (capability,) = record.capabilities
        days = capability.lead_time_days
        score = rounded(match.ranking.score[position])
        is_core = capability.role == "core"
        candidate = Candidate(place, record.id, score, days=days.value if days else None, is_core=is_core)
        province = next(site.province for site in record.sites if site.id == capability.site)
        found.append((candidate, Taken(capability, province)))
    return found


def _references(province: Province) -> set[str]:
    """By which sites in a province are known: its own, or that of one it came from where the address names it."""
    return {province.reference, *(old.reference for old in province.predecessors.all())}
