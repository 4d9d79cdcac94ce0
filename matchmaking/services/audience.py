"""Who may see a requirement that is not public: the suppliers that match it."""

from django.db import transaction

from buyers.content import RequirementContent, content_of
from buyers.models import Requirement, RequirementAudience, RequirementQuerySet
from matchmaking import catalogue
from matchmaking.catalogue import Snapshot
from matchmaking.catalogue.settled import settled_records
from matchmaking.models import Connection
from matchmaking.services.matches import Wanted, match_in
from matchmaking.services.ranges import Range, ranges_of
from suppliers.models import Supplier

MATCHING = Wanted(eligibility=("eligible", "unconfirmed"))
IN_A_RANGE = 10
"""So many requirements a worker takes at once."""
HIDDEN = (Requirement.Visibility.MATCHED, Requirement.Visibility.ANONYMOUS)


def refresh_audience(*, requirement_id: int) -> None:
    """Let exactly those suppliers see an open requirement whose gates do not fail. Safe to repeat.

    Who may not know where the buyer is gets in, or not, without regard to the place.

    Requirements that are public, drafts or ended stay as they are.
    """
    catalogue.current()  # outside the transaction, so that the process keeps what it reads
    with transaction.atomic():
        # Whoever refreshes the same requirement at the same time waits here, and then ranks what is newest.
        if _hidden().select_for_update(no_key=True).filter(pk=requirement_id).first() is not None:
            requirement = Requirement.objects.with_content().get(pk=requirement_id)
            _write(requirement, _matching_organisations(requirement))


def refresh_all_audiences() -> None:
    """The same for every open requirement that is not public."""
    _refresh(_hidden())


def ranges_of_audiences() -> list[Range]:
    """Of all open requirements that are not public."""
    return ranges_of(_hidden(), size=IN_A_RANGE)


def refresh_audiences(*, first: int, last: int) -> None:
    """The same as `refresh_all_audiences` for those of one range of row ids."""
    _refresh(_hidden().filter(pk__range=(first, last)))


def _refresh(requirements: RequirementQuerySet) -> None:
    for requirement_id in list(requirements.order_by("pk").values_list("pk", flat=True)):
        refresh_audience(requirement_id=requirement_id)


def _hidden() -> RequirementQuerySet:
    return Requirement.objects.filter(state=Requirement.State.OPEN, visibility__in=HIDDEN)


def close_audiences(*, supplier_id: str) -> None:
    """Take a supplier, by public id, out of every audience but those of requirements for which it is connected."""
    rows = RequirementAudience.objects.filter(organisation__supplier__public_id=supplier_id)
    connected = Connection.objects.filter(supplier__public_id=supplier_id, state__in=Connection.ENGAGED)
    rows.exclude(requirement__in=connected.values("requirement")).delete()


def _matching_organisations(requirement: Requirement) -> set[int]:
    content = content_of(requirement)
    if requirement.hides_buyer:
        content = content.without_place()
    ids = matching_suppliers(content)
    return set(Supplier.objects.published().filter(public_id__in=ids).values_list("organisation_id", flat=True))


def matching_suppliers(content: RequirementContent) -> set[str]:
    """Ids of the suppliers whose gates do not fail, going by what is settled: see `catalogue.settled`."""
    snapshot = catalogue.current()
    before = settled_records(snapshot)
    as_declared = _matching(content, snapshot) - {record.id for record in before.values()}
    return as_declared | _matching(content, snapshot.of_others(before.values()))


def _matching(content: RequirementContent, snapshot: Snapshot) -> set[str]:
    return set(match_in(snapshot, content, MATCHING).supplier_ids)


def _write(requirement: Requirement, organisations: set[int]) -> None:
    reason = RequirementAudience.Reason.MATCH
    told = RequirementAudience.objects.filter(requirement=requirement, reason=reason)
    told.exclude(organisation_id__in=organisations).delete()
    RequirementAudience.objects.bulk_create(
        (
            RequirementAudience(requirement=requirement, organisation_id=organisation, reason=reason)
            for organisation in sorted(organisations)
        ),
        ignore_conflicts=True,
    )
