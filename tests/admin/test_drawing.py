"""What lists draw in fewer steps than unfold is what unfold draws."""

import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import SESSION_KEY
from django.template import Context, Engine
from django.test import Client, RequestFactory
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from unfold.templatetags.unfold_list import items_for_result

from accounts.models import Membership, User
from accounts.templatetags.sidebar import _drawn
from config.admin_rows import rows_of
from suppliers.admin.firms import read_ahead
from suppliers.models import Supplier
from tests.admin.registered import registered
from tests.admin.test_query_counts import address_of
from tests.admin.test_query_counts import staff as staff  # the fixture
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db
FIRMS = "/admin/suppliers/supplier/"


def list_of(page: Any, address: str, by: User) -> Any:
    request = RequestFactory().get(address)
    request.user = by
    return page.get_changelist_instance(request)


def person_of(browser: Client) -> User:
    return User.objects.get(pk=browser.session[SESSION_KEY])


def plain(markup: str) -> str:
    """Without space that means nothing."""
    return re.sub(r'\s*([<>]|"(?=[ >]))\s*', r"\1", " ".join(markup.split()))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_cells_of_every_list(language: str, staff: Client) -> None:
    person, different, shown = person_of(staff), [], set()
    with override(language):
        for page in registered():
            for query in ("", "&_popup=1"):
                address = address_of(page)
                rows = list_of(page, f"{address}{query if '?' in address else query.replace('&', '?')}", person)
                rows.result_list = list(rows.result_list)
                for row, drawn in zip(rows.result_list, rows_of(rows), strict=True):
                    shown.add(page)
                    if plain(drawn) != plain("".join(items_for_result(rows, row, None))):
                        different.append((page.opts.label, drawn))

    assert different == []
    assert shown == set(registered())


def test_no_list_has_what_rows_are_not_drawn_with() -> None:
    unusual = ("list_editable", "list_sections", "actions_row", "ordering_field", "list_filter_submit")

    assert [(page.opts.label, name) for page in registered() for name in unusual if getattr(page, name, ())] == []


def test_the_choices_of_every_filter(staff: Client) -> None:
    person, engine, different = person_of(staff), Engine.get_default(), []
    ours = engine.get_template("admin/filter.html")
    theirs, _origin = engine.find_template("admin/filter.html", skip=[ours.origin])
    for page in registered():
        rows = list_of(page, address_of(page), person)
        for spec in rows.filter_specs:
            context = {"title": spec.title, "choices": list(spec.choices(rows)), "spec": spec}
            if plain(ours.render(Context(context))) != plain(theirs.render(Context(context))):
                different.append((page.opts.label, spec.title))

    assert different == []


@pytest.mark.parametrize(
    ("new", "removed"),
    [
        (None, None),
        ({"state__exact": "draft"}, None),
        ({"p": 2}, ["p", "q"]),
        ({"q": None, "o": "1.-2"}, ["o"]),
        ({"sector": "a&b=ê", "queue": "all"}, ["state"]),
        ({"state__in": ["draft", "published"]}, ()),
        ({"state__in": [["draft", "published"]], "is_sent": [True]}, ()),
        ({"is_x": True, "p": 1}, ["_"]),
    ],
)
def test_the_addresses_of_links(new: Any, removed: Any) -> None:
    person = member("agency", "editor").user
    assert person is not None
    page = admin.site.get_model_admin(Supplier)
    rows = list_of(page, f"{FIRMS}?q=C%C6%A1+kh%C3%AD+%26&state__exact=published&queue=all&o=1", person)

    drawn = rows.get_query_string(new, removed)

    assert drawn == ChangeList.get_query_string(rows, new, removed)
    assert "C%C6%A1" in drawn or "q" in (removed or []) or "q" in (new or {})
    assert parse_qs(drawn.removeprefix("?"), strict_parsing=True)


@pytest.mark.parametrize("required", [True, False])
def test_a_new_process_draws_the_firms_for_each_standing(required: bool, settings: Settings) -> None:
    settings.STAFF_MFA_REQUIRED = required
    _drawn.clear()

    read_ahead()

    marked = f"/admin/suppliers/\n{FIRMS}"
    assert set(_drawn) == {(role, language, marked) for role in Membership.Role.values for language in ("vi", "en")}


@pytest.mark.urls("tests.config.test_warming")
def test_a_server_without_the_admin_draws_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        read_ahead()
