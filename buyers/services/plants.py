"""A buyer's plants: where parts are delivered."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.principals import Principal
from buyers.content import delivery_of
from buyers.errors import PlantInUseError
from buyers.models import Buyer, Plant, Requirement
from buyers.rights import buyer_acting, check_may_write
from buyers.services.history import publish_version
from config.errors import DuplicateError
from notifications.services import publish

FIELDS = ("name", "address", "province", "old_province", "park", "latitude", "longitude")


@transaction.atomic
def add_plant(*, values: Mapping[str, Any], by: Principal, buyer_id: int | None = None) -> Plant:
    """Add a plant to the caller's buyer, or for staff to the buyer that they name.

    Args:
        values: name, and any of address, province, old_province, park (rows), latitude and longitude (degrees).

    Raises:
        NotAllowedError, BuyerMissingError, Buyer.DoesNotExist: as `buyers.rights.buyer_acting`.
        DuplicateError: the name is taken.
        InvalidFactError: what is said of the place does not fit together (`Located.check_place`).
    """
    plant = Plant(buyer=_locked_buyer(buyer_acting(by, buyer_id=buyer_id)))
    _fill(plant, values)
    plant.save()
    publish("plant.added", subject=plant, actor=by)
    return plant


@transaction.atomic
def change_plant(
    *, plant_id: int, values: Mapping[str, Any], by: Principal, expected_version: int | None = None
) -> Plant:
    """Change a plant. Where it moves, the open requirements that name it ask something new: each gets a version.

    Raises:
        Plant.DoesNotExist: there is none, or `by` may not see it.
        NotAllowedError, StaleVersionError, DuplicateError, InvalidFactError: as `add_plant`.
    """
    plant = _locked(plant_id, by)
    plant.check_version(expected_version)
    before = delivery_of(plant)
    _fill(plant, values)
    plant.save_next_version()
    if delivery_of(plant) != before:
        _renew_requirements(plant, by)
    publish("plant.changed", subject=plant, actor=by)
    return plant


@transaction.atomic
def remove_plant(*, plant_id: int, by: Principal, expected_version: int | None = None) -> None:
    """Remove a plant that no requirement names.

    Raises:
        Plant.DoesNotExist, NotAllowedError, StaleVersionError: as `change_plant`.
        PlantInUseError: a requirement names it, also an ended one.
    """
    plant = _locked(plant_id, by)
    plant.check_version(expected_version)
    if plant.requirements.exists():
        raise PlantInUseError
    publish("plant.removed", subject=plant, actor=by)
    plant.delete()


def _locked_buyer(buyer: Buyer) -> Buyer:
    """The lock makes plants of one name wait for each other, so that the second meets a clear refusal."""
    return Buyer.objects.select_for_update().get(pk=buyer.pk)


def _locked(plant_id: int, by: Principal) -> Plant:
    check_may_write(by)
    plant = Plant.objects.visible_to(by).get(pk=plant_id)
    _locked_buyer(plant.buyer)
    return Plant.objects.with_places().select_for_update(of=("self",)).get(pk=plant.pk)


def _fill(plant: Plant, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(plant, name, values[name])
    if same := plant.buyer.plants.filter(name=plant.name).exclude(pk=plant.pk).first():
        raise DuplicateError(_("There is a plant of this name."), existing=f"/api/v1/plants/{same.public_id}")
    plant.check_place()


def _renew_requirements(plant: Plant, by: Principal) -> None:
    open_ones = plant.requirements.filter(state=Requirement.State.OPEN).select_related("buyer")
    for requirement in open_ones.select_for_update(of=("self",)).order_by("pk"):
        requirement.content_version += 1
        requirement.save_next_version()
        publish_version(requirement, by=by)
