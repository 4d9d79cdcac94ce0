"""Each list of the admin asks the database as often for 200 rows as for 10."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Consent, Disclosure, SavedFilter
from accounts.principals import Principal
from buyers.models import Requirement
from matchmaking.models import MatchPair, MatchSummary
from matchmaking.programme.quarters import Quarter
from matchmaking.programme.reports import make_report
from notifications.models import Event, FailingAddress, Reaction
from privacy.models import Farewell
from suppliers.models import Listing, Supplier, SupplierMerge
from taxonomy.models import Process
from tests.admin.registered import copy_rows, registered
from tests.factories.taxonomy import TermFactory
from tests.fixtures.world import World

pytestmark = pytest.mark.django_db
SHARES = 4
"""Into so many tests the lists are divided, so that they run side by side."""


@pytest.fixture
def staff() -> Iterator[Client]:
    """A lead, before a world with a row of each kind."""
    logging.disable(logging.CRITICAL)
    world = World.build()
    lead = world.people["staff_owner"].user
    assert lead is not None
    _further_rows(world.people["staff_owner"])
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(lead)
    yield browser
    logging.disable(logging.NOTSET)


def _further_rows(by: Principal) -> None:
    """A row of each kind that the small world lacks."""
    lead = by.user
    assert lead is not None
    make_report(quarter=Quarter.of(timezone.localdate()), by=by)
    now, today = timezone.now(), timezone.localdate()
    requirement, supplier = Requirement.objects.earliest("pk"), Supplier.objects.earliest("pk")
    Consent.objects.create(person=lead, purpose="terms", text_version="2026-11", given=True)
    Disclosure.objects.create(reader=requirement.buyer.organisation, subject=supplier.organisation, reason="con_1")
    SavedFilter.objects.create(person=lead, page="suppliers.supplier", name="Mine", query="q=a")
    MatchPair.objects.create(requirement=requirement, supplier=supplier, side="supplier", score=0.5, since=now)
    counted = {"eligible": 1, "unconfirmed": 0, "near_miss": 0, "summarised_at": now, "requirement_version": 1}
    MatchSummary.objects.create(requirement=requirement, as_of=today, **counted)
    Reaction.objects.create(event=Event.objects.earliest("pk"), subscriber="catalogue")
    Farewell.objects.create(email="left@firm.example", language="vi")
    FailingAddress.objects.create(person=lead, email="left@firm.example", reason="550 No such mailbox")
    SupplierMerge.objects.create(survivor=supplier, merged=Supplier.objects.latest("pk"), reason="One firm.")
    Listing.objects.create(source="Members", source_ref="1", supplier=supplier)
    TermFactory.create(process=Process.objects.earliest("pk"))


def address_of(page: Any) -> str:
    """With all rows, also where a list opens with those that wait."""
    opens_with_a_queue = any(getattr(each, "parameter_name", "") == "queue" for each in page.list_filter)
    return f"/admin/{page.opts.app_label}/{page.opts.model_name}/{'?queue=all' if opens_with_a_queue else ''}"


def queries_of(browser: Client, page: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address_of(page)).status_code == 200
    return len(captured)


@pytest.mark.parametrize("share", range(SHARES))
def test_each_list_costs_the_same_at_10_and_at_200_rows(
    share: int, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, empty = {}, []
    for page in list(registered())[share::SHARES]:
        monkeypatch.setattr(page, "list_per_page", 200)
        with transaction.atomic():
            if not copy_rows(page.model, until=10):
                empty.append(page.opts.label)
            staff.get(address_of(page))  # what is kept for later is kept by now
            few = queries_of(staff, page)
            copy_rows(page.model, until=200)
            counts[page.opts.label] = (few, queries_of(staff, page))
            transaction.set_rollback(True)

    assert empty == []
    assert {label: count for label, count in counts.items() if count[0] != count[1]} == {}
