"""Requirements end when their last day for answers has passed."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from buyers import services, tasks
from buyers.models import Requirement
from buyers.services import warn_of_expiry
from notifications.models import Event
from tests.factories.buyers import RequirementFactory, open_requirement

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


def test_only_open_ones_whose_last_day_was_before_today_expire() -> None:
    past = open_requirement(answer_by=date(2026, 11, 22))
    long_past = open_requirement(answer_by=date(2026, 1, 1))
    last_day = open_requirement(answer_by=TODAY)
    undated = open_requirement()
    draft = RequirementFactory.create(answer_by=date(2026, 11, 22))
    withdrawn = open_requirement(answer_by=date(2026, 11, 22), state="withdrawn")

    assert services.expire_requirements(today=TODAY) == 2

    states = dict(Requirement.objects.values_list("pk", "state"))
    assert states == {
        past.pk: "expired",
        long_past.pk: "expired",
        last_day.pk: "open",
        undated.pk: "open",
        draft.pk: "draft",
        withdrawn.pk: "withdrawn",
    }
    told = Event.objects.order_by("pk").values_list("topic", "subject", "audience")
    assert list(told) == [
        ("requirement.expired", one.public_id, [one.buyer.organisation_id]) for one in (past, long_past)
    ]
    assert not Event.objects.exclude(actor=None).exists()


def test_a_second_run_changes_nothing() -> None:
    requirement = open_requirement(answer_by=date(2026, 11, 22))

    assert services.expire_requirements(today=TODAY) == 1
    assert services.expire_requirements(today=TODAY) == 0

    requirement.refresh_from_db()
    assert (requirement.state, requirement.version) == ("expired", 2)
    assert Event.objects.count() == 1


def test_the_scheduled_task_goes_by_the_day_in_vietnam() -> None:
    today = timezone.localdate()
    requirement = open_requirement(answer_by=today)
    past = open_requirement(answer_by=date(2020, 1, 1))

    tasks.expire_overdue_requirements()

    assert dict(Requirement.objects.values_list("pk", "state")) == {requirement.pk: "open", past.pk: "expired"}


def test_the_task_is_on_the_schedule() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tasks.expire_overdue_requirements.name in scheduled


class TestWarnings:
    def open_until(self, days: int, *, opened_days_ago: int = 30) -> Requirement:
        opened_at = timezone.now() - timedelta(days=opened_days_ago)
        day = timezone.localdate() + timedelta(days=days)
        return RequirementFactory.create(state="open", opened_at=opened_at, answer_by=day)

    def test_each_of_the_days_is_told_once_however_often_it_runs(self) -> None:
        row, today = self.open_until(8), timezone.localdate()

        told = [warn_of_expiry(today=today + timedelta(days=day)) for day in range(10) for _ in range(2)]

        assert sum(told) == 2
        assert row.answer_by is not None
        assert list(Event.objects.order_by("pk").values_list("topic", "fact")) == [
            ("requirement.expiring", f"requirement.expiring {row.public_id} {row.answer_by} {days}") for days in (7, 1)
        ]
        event = Event.objects.earliest("pk")
        assert event.payload == {"requirement_title": row.title, "answer_by": str(row.answer_by)}
        assert event.audience == [row.buyer.organisation_id]

    def test_of_days_that_were_missed_only_the_nearest_is_told(self) -> None:
        self.open_until(0)

        assert warn_of_expiry(today=timezone.localdate()) == 1
        assert Event.objects.get().fact.endswith(" 1")

    def test_what_was_opened_for_a_few_days_only_is_not_warned_of_at_once(self) -> None:
        self.open_until(5, opened_days_ago=0)

        assert warn_of_expiry(today=timezone.localdate()) == 0
