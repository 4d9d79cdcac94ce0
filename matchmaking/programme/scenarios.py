"""Keeping plans of upgrades under names."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.principals import Principal
from config.errors import DuplicateError, NotAllowedError
from config.text import nfc
from matchmaking.models import UpgradeScenario
from matchmaking.models.upgrade_scenario import NAME_TAKEN
from matchmaking.programme.plan_document import document_of
from matchmaking.programme.upgrades import UpgradeQuestion, plan_for


def make_scenario(*, name: str, question: UpgradeQuestion, by: Principal) -> UpgradeScenario:
    """Plan as things stand today, and keep it. Planning takes seconds and is no part of the transaction.

    Raises:
        NotAllowedError: the actor is no officer who may write.
        DuplicateError: another scenario has that name, in whatever case.
    """
    _refuse_readers(by)
    _refuse_taken(nfc(name))
    return save_scenario(name=name, document=document_of(plan_for(question, day=timezone.localdate())), by=by)


@transaction.atomic
def save_scenario(*, name: str, document: Mapping[str, Any], by: Principal) -> UpgradeScenario:
    """Keep a plan that was computed before. The same plan again under the same name is the scenario that is there.

    Args:
        document: of `document_of`.

    Raises:
        NotAllowedError, DuplicateError: as `make_scenario`.
    """
    _refuse_readers(by)
    name = nfc(name)
    if (same := _same(name, document)) is not None:
        return same
    columns = ("day", "budget_vnd", "aim", "ready_on", "cost_vnd", "gained", "bound")
    limits = {name: document[name]["code"] for name in ("province", "sector") if document.get(name)}
    made = UpgradeScenario(
        name=name,
        result=document,
        goal_reached_in=document["goal_reached_in"] or "",
        made_by=by.user,
        **{column: document[column] for column in columns},
        **limits,
    )
    try:
        return _written(made)
    except DuplicateError:
        if (same := _same(name, document)) is None:  # else a second click was as quick as the first
            raise
        return same


@transaction.atomic
def rename_scenario(
    *, scenario_id: int, name: str, by: Principal, expected_version: int | None = None
) -> UpgradeScenario:
    """
    Raises:
        UpgradeScenario.DoesNotExist, NotAllowedError, StaleVersionError: see `_locked`.
        DuplicateError: another scenario has that name.
    """
    scenario = _locked(scenario_id, by=by, expected_version=expected_version)
    scenario.name = nfc(name)
    scenario.version += 1
    return _written(scenario)


@transaction.atomic
def remove_scenario(*, scenario_id: int, by: Principal, expected_version: int | None = None) -> None:
    """
    Raises:
        UpgradeScenario.DoesNotExist, NotAllowedError, StaleVersionError: see `_locked`.
    """
    _locked(scenario_id, by=by, expected_version=expected_version).delete()


def _locked(scenario_id: int, *, by: Principal, expected_version: int | None) -> UpgradeScenario:
    """
    Raises:
        UpgradeScenario.DoesNotExist: there is none, or the actor may not see it.
        NotAllowedError: the actor only reads.
        StaleVersionError: it has changed since `expected_version`.
    """
    visible = UpgradeScenario.objects.visible_to(by)
    if not by.can_write:
        visible.only("pk").get(pk=scenario_id)
        raise NotAllowedError
    scenario = visible.select_for_update(of=("self",)).get(pk=scenario_id)
    scenario.check_version(expected_version)
    return scenario


def _same(name: str, document: Mapping[str, Any]) -> UpgradeScenario | None:
    there = UpgradeScenario.objects.filter(name=name).first()
    return there if there is not None and there.result == document else None


def _written(scenario: UpgradeScenario) -> UpgradeScenario:
    _refuse_taken(scenario.name, but=scenario.pk)
    try:
        with transaction.atomic():
            scenario.save()
    except IntegrityError:  # somebody took the name at the same moment
        _refuse_taken(scenario.name, but=scenario.pk)
        raise
    return scenario


def _refuse_readers(by: Principal) -> None:
    if not by.is_staff or not by.can_write:
        raise NotAllowedError


def _refuse_taken(name: str, *, but: int | None = None) -> None:
    taken = UpgradeScenario.objects.named(name).exclude(pk=but or 0).only("public_id").first()
    if taken is not None:
        raise DuplicateError(NAME_TAKEN, existing=f"/api/v1/upgrade-scenarios/{taken.public_id}")
