"""Who may see a requirement that is not public: the suppliers that match it."""

from django.db import transaction

from buyers.content import content_of
from buyers.models import Requirement, RequirementAudience
from matchmaking import catalogue
from matchmaking.services.matches import match
from suppliers.models import Supplier

MATCHING = ("eligible", "unconfirmed")
HIDDEN = (Requirement.Visibility.MATCHED, Requirement.Visibility.ANONYMOUS)


def refresh_audience(*, requirement_id: int) -> None:
    """Let exactly those suppliers see an open requirement whose gates do not fail. Safe to repeat.

    Requirements that are public, drafts or ended stay as they are.
    """
    catalogue.current()  # outside the transaction, so that the process keeps what it reads
    with transaction.atomic():
        # Whoever refreshes the same requirement at the same time waits here, and then ranks what is newest.
        hidden = Requirement.objects.filter(state=Requirement.State.OPEN, visibility__in=HIDDEN)
        rows = hidden.with_content().select_for_update(of=("self",), no_key=True)
        requirement = rows.filter(pk=requirement_id).first()
        if requirement is not None:
            _write(requirement, _matching_organisations(requirement))


def refresh_all_audiences() -> None:
    """The same for every open requirement that is not public."""
    hidden = Requirement.objects.filter(state=Requirement.State.OPEN, visibility__in=HIDDEN)
    for requirement_id in list(hidden.order_by("pk").values_list("pk", flat=True)):
        refresh_audience(requirement_id=requirement_id)


def _matching_organisations(requirement: Requirement) -> set[int]:
    found = match(content_of(requirement))
    ids = [found.ranking.supplier_ids[position] for position in found.positions(eligibility=MATCHING)]
    return set(Supplier.objects.filter(public_id__in=ids).values_list("organisation_id", flat=True))


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
