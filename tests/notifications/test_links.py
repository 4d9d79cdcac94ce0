"""Whoever gets a message can open what it links to, and finds there what it is about."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from notifications.mail import link_of
from notifications.models import Event
from notifications.relay import readers_of
from notifications.topics import TOPICS
from tests.notifications.acts import ACTS, Case

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("reports_within")
@pytest.mark.parametrize("topic", TOPICS)
def test_whoever_is_told_can_open_the_page(topic: str) -> None:
    case = Case()
    ACTS[topic](case)
    event = Event.objects.get(topic=topic)
    link = link_of(event)
    readers = User.objects.filter(pk__in=readers_of([event])[event])

    assert readers
    assert link.startswith(settings.SITE_URL)
    for reader in readers:
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(reader)
        page = browser.get(link.removeprefix(settings.SITE_URL))
        assert page.status_code == 200, (reader, link)
        if urlsplit(link).path.startswith("/admin/"):
            assert page.context["cl"].result_count == 1
        elif link.endswith("/result"):
            assert "attachment" in page["Content-Disposition"]
        elif link.endswith("/matches"):
            assert page.json()["requirement"] == event.subject
            assert [line["supplier"] for line in page.json()["results"]] == event.payload["suppliers"]
        elif link.endswith("/opportunities"):
            assert [line["requirement"] for line in page.json()["results"]] == event.payload["requirements"]
        elif link.endswith("/evidence"):
            assert {entry["fact"] for entry in page.json()["results"]} == set(event.payload["facts"])
        elif link.endswith("/saved-searches"):
            assert [each["name"] for each in page.json()["results"]] == ["Everybody"]
        else:
            assert page.json()["id"] == urlsplit(link).path.rpartition("/")[2]
