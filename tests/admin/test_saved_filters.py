"""What is chosen in a list is kept under a name, by each person for themselves."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import SavedFilter
from accounts.principals import Principal
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db
LIST = "/admin/suppliers/supplier/"
KEEP = "/admin/accounts/savedfilter/keep"


def browser_of(principal: Principal) -> Client:
    assert principal.user is not None
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(principal.user)
    return browser


def keep(browser: Client, **sent: str) -> Any:
    given = {"page": "suppliers.supplier", "name": "Mine", "query": "state__exact=published&q=cơ+khí&p=3", **sent}
    return browser.post(KEEP, given)


@pytest.mark.parametrize("role", ["viewer", "editor", "owner"])
def test_a_person_keeps_a_filter_and_finds_it_above_the_list(role: str) -> None:
    browser = browser_of(member("agency", role))

    kept = keep(browser)

    query = urlencode({"state__exact": "published", "q": "cơ khí"})
    assert (kept.status_code, kept["Location"]) == (302, f"{LIST}?{query}")
    page = browser.get(LIST)
    assert f'href="{LIST}?{query}"'.replace("&", "&amp;") in page.content.decode()
    assert browser.get(f"{LIST}?{query}").status_code == 200


def test_nobody_sees_or_removes_the_filters_of_others() -> None:
    mine = member("agency")
    keep(browser_of(mine))
    other = browser_of(member("agency", organisation=mine.organisation))
    saved = SavedFilter.objects.get()

    assert ">Mine<" not in other.get(LIST).content.decode()
    assert other.post(f"/admin/accounts/savedfilter/{saved.pk}/drop").status_code == 404
    assert SavedFilter.objects.count() == 1
    assert browser_of(mine).post(f"/admin/accounts/savedfilter/{saved.pk}/drop")["Location"] == LIST
    assert SavedFilter.objects.count() == 0


def test_the_same_name_takes_the_place_of_what_had_it() -> None:
    browser = browser_of(member("agency"))
    keep(browser)
    keep(browser, query="state__exact=draft")

    assert SavedFilter.objects.get().query == "state__exact=draft"


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"name": ""}, 302),
        ({"name": "\u200b"}, 302),
        ({"name": "x" * 61}, 302),
        ({"query": "q=" + "x" * 2000}, 302),
        ({"page": "suppliers.nothing"}, 404),
        ({"page": "auth.permission"}, 404),
        ({"page": "//evil.example"}, 404),
        ({"page": ""}, 404),
    ],
)
def test_what_is_no_filter_is_not_kept(fault: dict[str, str], status: int) -> None:
    refused = keep(browser_of(member("agency")), **fault)

    assert refused.status_code == status
    assert SavedFilter.objects.count() == 0


def test_nobody_keeps_more_than_thirty_of_a_list() -> None:
    browser = browser_of(member("agency"))
    for number in range(31):
        keep(browser, name=f"Filter {number}")

    assert SavedFilter.objects.count() == 30


def test_only_people_of_the_agency_keep_filters_and_only_by_a_form() -> None:
    assert keep(browser_of(member("supplier"))).status_code == 302
    assert browser_of(member("agency")).get(KEEP).status_code == 405
    assert SavedFilter.objects.count() == 0
