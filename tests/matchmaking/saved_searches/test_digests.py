"""Findings gathered to one message a day."""

from datetime import datetime

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Membership
from accounts.principals import Principal
from matchmaking import services
from matchmaking.models import SearchFinding
from notifications.mail import written
from notifications.models import Event
from suppliers.models import Supplier
from tests.factories import matchmaking as make
from tests.matchmaking.saved_searches.scene import cnc_firm, look, saved, told_of


def morning(day: int, hour: int = 8) -> datetime:
    return datetime(2030, 5, day, hour, tzinfo=timezone.get_default_timezone())


@pytest.mark.django_db
class TestDigests:
    def test_a_day_s_news_of_all_searches_come_in_one_message(self, buyer: Principal, supplier: Principal) -> None:
        with time_machine.travel(morning(1), tick=False):
            first = saved(buyer, name="Turning", alert="daily")
            second = saved(buyer, name="Everybody", alert="daily", filters={})
            saved(buyer, name="Casting", alert="daily", filters={"process": make.process("casting").code})
            firm = cnc_firm()
            look()
            services.send_digests()
            services.send_digests()

        event = Event.objects.get(topic="saved_search.digest")
        membership = Membership.objects.get(user=buyer.user)
        assert event.subject == membership.public_id
        assert event.payload["lines"] == [f"Turning (1): {firm}", f"Everybody (1): {firm}"]
        assert [(each["search"], each["found"]) for each in event.payload["searches"]] == [
            (first.public_id, [firm.public_id]),
            (second.public_id, [firm.public_id]),
        ]
        assert told_of() == []
        assert not SearchFinding.objects.filter(is_told=False).exists()
        assert buyer.user is not None
        subject, text = written(event, buyer.user)
        assert subject == "What your saved searches have found since yesterday"
        assert f"\n\nTurning (1): {firm}\n\nEverybody (1): {firm}\n\n" in text

    def test_the_next_one_goes_out_the_next_morning(self, buyer: Principal) -> None:
        with time_machine.travel(morning(1), tick=False):
            saved(buyer, alert="daily")
        counts = []
        for at in (morning(1, 12), morning(1, 20), morning(2, 6), morning(2, 7), morning(2, 9)):
            with time_machine.travel(at, tick=False):
                cnc_firm()
                look()
                services.send_digests()
                counts.append(Event.objects.filter(topic="saved_search.digest").count())

        assert counts == [1, 1, 1, 2, 2]
        assert [
            event.payload["searches"][0]["count"] for event in Event.objects.filter(topic="saved_search.digest")
        ] == [
            1,
            3,
        ]

    def test_what_the_owner_may_not_see_any_more_is_left_out(self, buyer: Principal) -> None:
        with time_machine.travel(morning(1), tick=False):
            saved(buyer, alert="daily")
            gone, there = cnc_firm(), cnc_firm()
            look()
            Supplier.objects.filter(pk=gone.pk).update(state="suspended")
            services.send_digests()

        event = Event.objects.get(topic="saved_search.digest")
        assert event.payload["lines"] == [f"CNC (1): {there}"]

    def test_where_nothing_is_left_nobody_is_told(self, buyer: Principal) -> None:
        with time_machine.travel(morning(1), tick=False):
            saved(buyer, alert="daily")
            firm = cnc_firm()
            look()
            Supplier.objects.filter(pk=firm.pk).update(state="suspended")
            services.send_digests()

        assert not Event.objects.filter(topic="saved_search.digest").exists()
