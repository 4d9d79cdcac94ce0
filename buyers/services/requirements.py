"""Writing requirements: drafts, and changes of what is asked."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.content import PLAIN_FIELDS, STANDARD_LISTS, Values, complete, content_from, values_of
from buyers.errors import RequirementEndedError
from buyers.models import Criterion, Operation, Requirement
from buyers.rights import buyer_acting, check_owns
from buyers.services.dates import check_dates, check_not_past
from buyers.services.history import publish_version, read_again
from buyers.vocabulary import Vocabulary
from config.errors import InvalidFactError, TransitionError
from config.uploads.storage import discard_on_commit
from notifications.services import publish


@transaction.atomic
def create_requirement(*, values: Values, by: Principal, buyer_id: int | None = None) -> Requirement:
    """Write a draft for the caller's buyer, or for staff for the buyer that they name. Nobody else sees it.

    Args:
        values: the validated body of `RequirementWriter`: codes as text, `plant` a row; `title` and at least one
            of `operations` are needed.

    Raises:
        NotAllowedError, BuyerMissingError, Buyer.DoesNotExist: as `buyers.rights.buyer_acting`.
        InvalidFactError: the values contradict each other or use an unknown code; nothing is written.
    """
    buyer = buyer_acting(by, buyer_id=buyer_id)
    requirement = Requirement(buyer=buyer)
    full = complete(values)
    vocabulary = _checked(requirement, full)
    _write(requirement, full, vocabulary, before={})
    publish("requirement.drafted", subject=requirement, actor=by)
    return read_again(requirement)


@transaction.atomic
def change_requirement(
    *, requirement_id: int, values: Values, by: Principal, expected_version: int | None = None, reason: str = ""
) -> Requirement:
    """Change a draft or an open requirement. Lists are replaced as a whole; what is absent stays. A reason is kept with
    the change.

    A change of an open one makes a new version and is told to the buyer; values that change nothing do neither.

    Raises:
        Requirement.DoesNotExist: there is none, or `by` may not see it.
        NotAllowedError: it is another's.
        StaleVersionError: the row has moved on since `expected_version`.
        RequirementEndedError: it is neither draft nor open.
        InvalidFactError: the values contradict each other or use an unknown code; nothing is written.
    """
    requirement = locked_requirement(requirement_id, by)
    requirement.check_version(expected_version)
    if requirement.state not in (Requirement.State.DRAFT, Requirement.State.OPEN):
        raise RequirementEndedError(current_state=str(requirement.state))
    stored = values_of(read_again(requirement))
    full, before = complete({**stored, **values}), complete(stored)
    if full == before:
        return requirement
    vocabulary = _checked(requirement, full)
    is_open = requirement.state == Requirement.State.OPEN
    if is_open:
        check_not_past({name: full[name] for name in ("answer_by", "needed_on") if full[name] != stored[name]})
        requirement.content_version += 1
    requirement.version += 1
    _write(requirement, full, vocabulary, before=before)
    _tell_of_change(requirement, by, is_open=is_open, reason=reason)
    return read_again(requirement)


@transaction.atomic
def discard_requirement(*, requirement_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Delete a draft, with its files.

    Raises:
        Requirement.DoesNotExist, NotAllowedError, StaleVersionError: as `change_requirement`.
        TransitionError: it was opened; from then on it is history.
    """
    requirement = locked_requirement(requirement_id, by)
    requirement.check_version(expected_version)
    if requirement.state != Requirement.State.DRAFT:
        raise TransitionError(_("Only drafts can be deleted."), current_state=str(requirement.state))
    publish("requirement.discarded", subject=requirement, actor=by)
    for attachment in requirement.attachments.all():
        discard_on_commit(attachment.stored_as)
    requirement.delete()


def locked_requirement(requirement_id: int, by: Principal) -> Requirement:
    """The row to act on, locked, with its buyer.

    Raises:
        Requirement.DoesNotExist: there is none, or `by` may not see it.
        NotAllowedError: it is another's, or the caller may only read.
    """
    visible = Requirement.objects.visible_to(by).select_related("buyer")
    requirement = visible.select_for_update(of=("self",)).get(pk=requirement_id)
    check_owns(requirement, by)
    return requirement


def _checked(requirement: Requirement, values: Values) -> Vocabulary:
    """The rows behind the codes of complete values that may be stored as this requirement."""
    if not values["title"].strip():
        raise InvalidFactError(_("A title is needed."), pointer="/title", code="required")
    content_from(values)
    check_dates(values)
    if values["target_price"] is not None and not values["target_price_currency"]:
        raise InvalidFactError(_("A price needs a currency."), pointer="/target_price_currency", code="required")
    plant = values["plant"]
    if plant is not None and plant.buyer_id != requirement.buyer_id:
        raise InvalidFactError(_("This is no plant of the buyer."), pointer="/plant", code="does_not_exist")
    vocabulary = Vocabulary.of(values)
    if unknown := next(vocabulary.unknown_in(values), None):
        raise unknown
    return vocabulary


def _tell_of_change(requirement: Requirement, by: Principal, *, is_open: bool, reason: str) -> None:
    if not is_open:
        publish("requirement.draft_changed", subject=requirement, actor=by, reason=reason)
        return
    publish_version(requirement, by=by, reason=reason)


def _write(requirement: Requirement, values: Values, vocabulary: Vocabulary, *, before: Values) -> None:
    """Save it; rows below it only where they differ from what was stored."""
    for name in (*PLAIN_FIELDS, "plant"):
        setattr(requirement, name, values[name])
    requirement.save()
    for name in STANDARD_LISTS:
        getattr(requirement, name).set(vocabulary.standards(values[name]))
    if values["operations"] != before.get("operations"):
        _write_operations(requirement, values["operations"], vocabulary)
    if values["criteria"] != before.get("criteria"):
        requirement.criteria.all().delete()
        Criterion.objects.bulk_create(
            Criterion(requirement=requirement, key=key, **settings) for key, settings in values["criteria"].items()
        )


def _write_operations(requirement: Requirement, operations: list[dict[str, Any]], vocabulary: Vocabulary) -> None:
    requirement.operations.all().delete()
    rows = [
        Operation(
            requirement=requirement,
            position=position,
            process_id=vocabulary.process(operation["process"]),
            **{name: figure for name, figure in operation.items() if name not in ("process", "materials")},
        )
        for position, operation in enumerate(operations)
    ]
    Operation.objects.bulk_create(rows)
    links = Operation.materials.through
    links.objects.bulk_create(
        links(operation=row, material_id=material)
        for row, operation in zip(rows, operations, strict=True)
        for material in vocabulary.materials(operation["materials"])
    )
