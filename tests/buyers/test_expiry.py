"""Requirements end when their last day for answers has passed."""

from datetime import date

import pytest
from django.conf import settings
from django.utils import timezone

from buyers import services, tasks
from buyers.models import Requirement
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
