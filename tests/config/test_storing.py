"""Rows that are stored column by column stand as if `bulk_create` had stored them, and are refused alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from config.storing import give_keys, store_all
from notifications.models import Event
from suppliers.models import Capability, Evidence, Site, Supplier
from tests.factories.accounts import OrganisationFactory
from tests.factories.suppliers import SiteFactory, SupplierFactory, process, province

pytestmark = pytest.mark.django_db

ODD = ("", "NULL", 'a "quoted" {word}, \\ and %s', "two\nlines\tand a tab", "Đường Nguyễn Trãi", "'; --", " ")
SAYINGS: tuple[Any, ...] = (None, True, 1, 1.5, "1", "", [], ["x", None], {}, {"a": {"b": [0, False]}}, "NULL")
SET_BY_TIME_OR_CHANCE = ("id", "public_id", "created_at", "updated_at", "act", "due_at")


def _events() -> list[Model]:
    return [
        Event(topic=text or "none", subject="sup_1", reason=text, audience=ids, payload={"said": text, "n": ids})
        for text, ids in zip(ODD, ([], [1], [2, 3], [], [4], [], [5, 5]), strict=True)
    ]


def _evidence() -> list[Model]:
    firm, today = SupplierFactory.create(), timezone.localdate()
    return [
        Evidence(supplier=firm, subject="x", fact=f"f{n}", act="entered", value=value, observed_on=today - timedelta(n))
        for n, value in enumerate(SAYINGS)
    ]


def _sites() -> list[Model]:
    firm, here = SupplierFactory.create(), province()
    places = [(None, None), (21.0285, 105.8542), (-0.5, 1e-7)]
    return [Site(supplier=firm, province=here, latitude=lat, longitude=lon) for lat, lon in places]


def _capabilities() -> list[Model]:
    site, today = SiteFactory.create(), timezone.localdate()
    envelopes = (None, [1.0, 2.5, 1e12], [300.0, 200.0, 0.1])
    return [
        Capability(site=site, process=process(f"p{n}"), process_observed_on=today, envelope_mm=envelope, tolerance_mm=n)
        for n, envelope in enumerate(envelopes)
    ]


def _suppliers() -> list[Model]:
    spoken: tuple[list[str], ...] = ([], ["vi"], ["en", "ja"])
    return [Supplier(organisation=OrganisationFactory.create(), languages=languages) for languages in spoken]


def _stored(make: Callable[[], list[Model]], store: Callable[[list[Any]], object]) -> list[dict[str, Any]]:
    with transaction.atomic():
        rows = make()
        store(rows)
        assert not any(row._state.adding for row in rows)
        of = type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).order_by("pk")
        told = [dict(row) for row in of.values()]
        held = [{name: getattr(row, name) for name in told[0]} for row in rows]
        assert [(row["id"], row.get("act"), row.get("created_at")) for row in held] == [
            (row["id"], row.get("act"), row.get("created_at")) for row in told
        ]
        transaction.set_rollback(True)
    keys = [name for name in told[0] if name.endswith("_id") and name != "public_id"]
    return [{k: v for k, v in row.items() if k not in SET_BY_TIME_OR_CHANCE and k not in keys} for row in told]


@pytest.mark.parametrize("make", [_events, _evidence, _sites, _capabilities, _suppliers])
def test_rows_stand_as_bulk_create_would_have_stored_them(make: Callable[[], list[Model]]) -> None:
    def store_by_django(rows: list[Any]) -> None:
        type(rows[0])._default_manager.bulk_create(rows)

    stored = _stored(make, store_all)
    assert stored == _stored(make, store_by_django)
    assert len(stored) > 2


def test_what_json_can_tell_apart_stays_apart() -> None:
    rows = _evidence()
    store_all(rows)

    stored = list(Evidence.objects.order_by("pk").values_list("value", flat=True))
    assert [repr(value) for value in stored] == [repr(value) for value in SAYINGS]


def test_a_text_that_is_too_long_is_refused_and_not_cut() -> None:
    with pytest.raises(DataError, match="too long"), transaction.atomic():
        store_all([Event(topic="x" * length, subject="sup_1") for length in (60, 61)])
    assert not Event.objects.exists()

    store_all([Event(topic="x" * 60, subject="sup_1")])
    assert Event.objects.get().topic == "x" * 60


def test_of_rows_that_one_another_rules_out_none_is_stored() -> None:
    with pytest.raises(IntegrityError, match="event_tells_a_fact_once"), transaction.atomic():
        store_all([Event(topic="x", subject=str(n), fact="once") for n in range(3)])
    assert not Event.objects.exists()


def test_rows_can_name_one_another_before_they_are_stored() -> None:
    firms = [Supplier(organisation=OrganisationFactory.create()) for _ in range(3)]
    give_keys(firms)
    store_all([Site(supplier=firm) for firm in firms])
    store_all(firms)

    assert list(Site.objects.order_by("pk").values_list("supplier_id", flat=True)) == [firm.pk for firm in firms]
    assert SupplierFactory.create().pk > firms[-1].pk


def test_one_statement_stores_however_many_and_none_stores_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        store_all([])
        give_keys([])
    assert asked.captured_queries == []

    with CaptureQueriesContext(connection) as asked:
        store_all(Organisation(kind="buyer", legal_name=str(n)) for n in range(300))
    assert len(asked) == 1
    assert [row.legal_name for row in Organisation.objects.order_by("pk")] == [str(n) for n in range(300)]


def test_a_value_of_a_kind_that_it_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="Now is not stored this way"):
        store_all([Event(topic="x", subject=str(n), due_at=Now()) for n in range(2)])
