"""Owners of saved searches are told of what is new, once, and only of what they may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, User
from accounts.principals import Principal
from buyers.models import Buyer, Requirement
from matchmaking import services
from matchmaking.models import SavedSearch, SearchFinding, SearchNote
from matchmaking.services import alerts
from notifications.models import Event
from notifications.relay import readers_of
from suppliers.models import Supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.crowd import at_once
from tests.matchmaking.saved_searches.scene import (
    cnc_firm,
    known_to,
    look,
    saved,
    told_of,
)


@pytest.mark.django_db
class TestAlerts:
    def test_what_is_there_already_is_not_news(self, buyer: Principal) -> None:
        firm = cnc_firm()

        search = saved(buyer)
        look()
        services.sweep_searches()

        assert known_to(search) == {firm.pk}
        assert told_of() == []

    def test_the_owner_is_told_once_of_what_is_new(self, buyer: Principal) -> None:
        colleague = member(organisation=buyer.organisation)
        search = saved(buyer)
        firm = cnc_firm()

        for _ in range(3):
            look()
            make.capability(firm, "milling")
            Supplier.objects.filter(pk=firm.pk).update(state="suspended")
            look()
            Supplier.objects.filter(pk=firm.pk).update(state="published")
            services.sweep_searches()

        event = Event.objects.get(topic="saved_search.matched")
        assert event.subject == search.public_id
        assert event.payload == {
            "search_name": "CNC",
            "count": 1,
            "names": [str(firm.organisation)],
            "found": [firm.public_id],
        }
        assert buyer.user is not None
        assert colleague.user is not None
        assert readers_of([event]) == {event: {buyer.user.pk}}
        search.refresh_from_db()
        assert search.told_at is not None

    @pytest.mark.parametrize("change", ["published", "now able", "audience", "opened"])
    def test_whatever_makes_it_fit_is_noticed(self, change: str, buyer: Principal, supplier: Principal) -> None:
        if change in ("published", "now able"):
            saved(buyer)
            firm = make.published_supplier(state="published" if change == "now able" else "submitted")
            look()
            make.capability(firm)
            Supplier.objects.filter(pk=firm.pk).update(state="published")
            expected = firm.public_id
        else:
            saved(supplier, "requirements")
            make.capability(Supplier.objects.get(organisation=supplier.organisation))
            asked = make.requirement(visibility="matched" if change == "audience" else "public", state="draft")
            look()
            assert told_of() == []
            Requirement.objects.filter(pk=asked.pk).update(state="open")
            look()
            services.refresh_all_audiences()
            expected = asked.public_id

        look()

        assert told_of() == [[expected]]

    def test_what_does_not_fit_or_is_hidden_is_not_told(self, supplier: Principal) -> None:
        saved(supplier, "requirements")
        make.requirement(visibility="anonymous")
        make.requirement(operations=({"process": "casting"},))
        make.requirement(state="withdrawn")
        make.requirement(make.verified_buyer(state="suspended"))

        look()
        services.sweep_searches()

        assert told_of() == []
        assert not SearchFinding.objects.exists()
        assert not SearchNote.objects.exists()

    def test_the_sweep_finds_what_no_row_s_change_tells_of(self, supplier: Principal) -> None:
        search = saved(supplier, "requirements")
        hidden = make.verified_buyer(state="suspended")
        asked = make.requirement(hidden)
        look()
        Buyer.objects.filter(pk=hidden.pk).update(state="verified")

        look()
        services.sweep_searches()
        assert told_of() == []
        SavedSearch.objects.update(swept_at=timezone.now() - timedelta(days=1, seconds=1))
        services.sweep_searches()

        assert told_of() == [[asked.public_id]]
        assert known_to(search) == {asked.pk}

    def test_many_at_once_are_one_message(self, buyer: Principal) -> None:
        saved(buyer)
        firms = [cnc_firm() for _ in range(12)]

        look()

        event = Event.objects.get(topic="saved_search.matched")
        assert (event.payload["count"], len(event.payload["names"])) == (12, 10)
        assert event.payload["found"] == [firm.public_id for firm in firms[:10]]

    def test_matches_of_a_requirement_are_told_while_it_is_open(self, buyer: Principal) -> None:
        asked = make.requirement(Buyer.objects.get(organisation=buyer.organisation))
        saved(buyer, "matches", requirement=asked, filters={"eligibility": "eligible,unconfirmed"})
        firm = cnc_firm()

        look()
        Requirement.objects.filter(pk=asked.pk).update(state="awarded")
        cnc_firm()
        look()

        assert told_of() == [[firm.public_id]]

    def test_who_left_hears_nothing_and_the_search_is_gone(self, buyer: Principal) -> None:
        saved(buyer)
        cnc_firm()
        look()
        (event,) = Event.objects.filter(topic="saved_search.matched")

        Membership.objects.filter(user=buyer.user).delete()
        cnc_firm()
        look()

        assert not SavedSearch.objects.exists()
        assert len(told_of()) == 1
        assert readers_of([event]) == {event: set()}

    def test_who_was_blocked_hears_nothing(self, buyer: Principal) -> None:
        search = saved(buyer)
        User.objects.filter(memberships__organisation=buyer.organisation).update(is_active=False)
        cnc_firm()

        look()
        services.sweep_searches()

        assert told_of() == []
        assert known_to(search) == set()

    def test_one_search_that_is_no_longer_valid_does_not_hold_up_the_others(self, buyer: Principal) -> None:
        broken = saved(buyer, name="Broken")
        saved(buyer)
        SavedSearch.objects.filter(pk=broken.pk).update(filters={"process": "no_longer_there"})
        firm = cnc_firm()

        look()

        assert told_of() == [[firm.public_id]]
        assert not SearchNote.objects.exists()

    def test_a_run_that_ends_before_its_time_leaves_the_rest_to_the_next(
        self, buyer: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        saved(buyer)
        firm = cnc_firm()

        def dies(*_arguments: Any, **_more: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(alerts, "_tell", dies)
            with pytest.raises(KeyboardInterrupt), transaction.atomic():
                look()
        assert not SearchFinding.objects.exists()

        look()

        assert told_of() == [[firm.public_id]]

    @pytest.mark.parametrize("changed", [1, 50])
    def test_a_search_costs_one_query_however_much_changed(
        self, changed: int, buyer: Principal, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            saved(buyer, filters={"process": make.process("casting").code})
        for _ in range(changed):
            make.published_supplier()

        # notes, searches, for each search its filter's process and the result, deletion, notes again
        with django_assert_num_queries(1 + 1 + 3 * 2 + 1 + 1):
            services.look_at_changes()


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_tell_once(buyer: Principal) -> None:
    search = saved(buyer)
    firm = cnc_firm()

    at_once([services.look_at_changes] * 4)

    assert told_of() == [[firm.public_id]]
    assert known_to(search) == {firm.pk}
