"""A database of any size for benchmarks: the demo's firms many times over, and as many requirements as are wanted."""

import copy
from collections.abc import Sequence
from random import Random
from typing import Any

FIRMS_A_ROUND = 860
"""Published ones, at least."""
SEED = 20261125
SCALED = ("monthly_quantity", "lead_time_days", "moq")


def fill_database(*, suppliers: int, requirements: int) -> None:
    """Fill the empty database of a Django that is set up: at least so many published suppliers, just so many open
    requirements: those of the demo, and copies of them with figures that are scaled by chance."""
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from matchmaking.demo.firms import load_firms
    from matchmaking.demo.requirements import load_requirements

    call_command("migrate", verbosity=0)
    call_command("load_taxonomy", verbosity=0)
    with transaction.atomic():
        today = timezone.localdate()
        load_firms(today, times=-(-suppliers // FIRMS_A_ROUND))
        originals = load_requirements(today)
        _copy(originals, requirements - len(originals))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(originals: Sequence[Any], count: int) -> None:
    from buyers.models import Criterion, Operation, Requirement

    chance = Random(SEED)  # noqa: S311 - it varies figures, it guards nothing
    sources = [originals[number % len(originals)] for number in range(count)]
    copies = Requirement.objects.bulk_create(_varied(source, SCALED, chance) for source in sources)
    pairs = list(zip(sources, copies, strict=True))
    for name in ("standards_required", "standards_preferred"):
        codes = {source.pk: list(getattr(source, name).all()) for source in originals}
        link = getattr(Requirement, name).through
        link.objects.bulk_create(
            link(requirement=row, standard=standard) for source, row in pairs for standard in codes[source.pk]
        )
    gates = {source.pk: list(source.criteria.all()) for source in originals}
    Criterion.objects.bulk_create(
        Criterion(requirement=row, key=gate.key, mode=gate.mode) for source, row in pairs for gate in gates[source.pk]
    )
    steps = {source.pk: list(source.operations.all()) for source in originals}
    asked = [
        (step, _varied(step, ("tolerance_mm",), chance), row) for source, row in pairs for step in steps[source.pk]
    ]
    for _, operation, row in asked:
        operation.requirement = row
    Operation.objects.bulk_create(operation for _, operation, _ in asked)
    materials = {step.pk: list(step.materials.all()) for each in steps.values() for step in each}
    made_of = Operation.materials.through
    made_of.objects.bulk_create(
        made_of(operation=operation, material=material)
        for step, operation, _ in asked
        for material in materials[step.pk]
    )


def _varied(source: Any, figures: Sequence[str], chance: Random) -> Any:
    """A new row like another, with some figures between half and twice as large."""
    row = copy.copy(source)
    row._state = copy.copy(source._state)  # noqa: SLF001 - or both would be taken for the same row
    row._state.adding = True  # noqa: SLF001
    row.pk = None
    if hasattr(row, "public_id"):
        row.public_id = type(source)().public_id
    for name in figures:
        if getattr(row, name) is not None:
            setattr(row, name, getattr(row, name) * 2.0 ** chance.uniform(-1, 1))
    return row
