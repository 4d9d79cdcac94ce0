"""What is worked out once for a list, or once for all, is what each page would have shown by itself."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from unfold.sites import UnfoldAdminSite

from accounts.admin_pages import read_ahead
from accounts.principals import Principal
from tests.factories.accounts import OrganisationFactory, member
from tests.factories.suppliers import SupplierFactory
from tests.factories.taxonomy import SectorFactory

pytestmark = pytest.mark.django_db
SUPPLIERS, ORGANISATIONS = "/admin/suppliers/supplier/", "/admin/accounts/organisation/"
MARKED = 'active">'


def browser_of(by: Principal, language: str = "en") -> Client:
    assert by.user is not None
    browser = Client(headers={"accept-language": language})
    browser.force_login(by.user)
    return browser


def sidebar(browser: Client, path: str) -> str:
    page = browser.get(path).content.decode()
    return page[page.index('id="nav-sidebar-apps"') : page.index("openUserLinks")]


def marked(bar: str) -> list[str]:
    return [entry.split("<")[0].strip() for entry in bar.split(MARKED)[1:]]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (SUPPLIERS, "Suppliers"),
        (ORGANISATIONS, "Organisations"),
        (f"{SUPPLIERS}add/", "Suppliers"),
        (f"{ORGANISATIONS}?q=Đông+Á", "Organisations"),
    ],
)
def test_the_bar_marks_the_list_of_the_page_also_when_it_was_drawn_for_another(path: str, name: str) -> None:
    browser = browser_of(member("agency", "editor"))

    assert marked(sidebar(browser, "/admin/")) == []
    assert marked(sidebar(browser, path)) == [name]
    assert marked(sidebar(browser, "/admin/")) == []


def test_the_bar_is_in_the_language_of_who_reads_it() -> None:
    officer = member("agency", "editor")

    assert marked(sidebar(browser_of(officer, "en"), SUPPLIERS)) == ["Suppliers"]
    assert marked(sidebar(browser_of(officer, "vi"), SUPPLIERS)) == ["Nhà cung cấp"]


def test_each_standing_is_offered_its_own_lists() -> None:
    offered: dict[str, Any] = {}
    for role in ("viewer", "editor", "viewer"):
        lists = browser_of(member("agency", role)).get("/admin/").context["available_apps"]
        offered[role] = [row["add_url"] for app in lists for row in app["models"] if row["object_name"] == "Supplier"]

    assert offered == {"viewer": [None], "editor": [f"{SUPPLIERS}add/"]}


@pytest.mark.parametrize("role", ["viewer", "editor", "owner"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_a_process_reads_ahead_is_what_each_standing_is_offered(
    role: str, language: str, django_assert_num_queries: Any
) -> None:
    request = RequestFactory().get("/admin/")
    person = member("agency", role).user
    assert person is not None
    request.user = person

    with django_assert_num_queries(0):
        read_ahead()

    with override(language):
        assert admin.site.get_app_list(request) == UnfoldAdminSite.get_app_list(admin.site, request)


def test_whoever_leaves_the_agency_is_offered_nothing_any_more() -> None:
    officer = member("agency", "editor")
    browser = browser_of(officer)
    assert browser.get(SUPPLIERS).status_code == 200

    assert officer.user is not None
    officer.user.memberships.all().delete()

    assert browser.get(SUPPLIERS).status_code == 403


def test_permissions_of_django_s_own_give_nothing() -> None:
    person = member("supplier", "owner").user
    assert person is not None
    person.is_staff = True
    person.save()
    person.user_permissions.set(Permission.objects.all())

    assert not person.has_perm("suppliers.view_supplier")
    assert not person.has_module_perms("suppliers")


def test_filters_offer_what_the_vocabulary_holds_now_and_read_it_once() -> None:
    sector = SectorFactory.create(name_en="Aerospace parts")
    browser = browser_of(member("agency", "editor"))

    def offered() -> tuple[list[str], bool]:
        with CaptureQueriesContext(connection) as captured:
            page = browser.get(SUPPLIERS).content.decode()
        names = [name for name in ("Aerospace parts", "Parts of aircraft") if f'title="{name}"' in page]
        return names, any('FROM "taxonomy_sector"' in query["sql"] for query in captured)

    assert offered() == (["Aerospace parts"], True)
    assert offered() == (["Aerospace parts"], False)
    sector.name_en = "Parts of aircraft"
    sector.save()
    assert offered() == (["Parts of aircraft"], True)


@pytest.mark.parametrize("query", ["", "?q=C%C6%A1+kh%C3%AD&country=VN", "?q=a%26b%3D%22"])
def test_rows_lead_to_their_pages_which_know_what_was_chosen(query: str) -> None:
    browser = browser_of(member("agency", "editor"))
    firm = OrganisationFactory.create(legal_name='Cơ khí a&b="', trade_name="", country="VN")

    page = browser.get(f"{ORGANISATIONS}{query}")

    address = reverse("admin:accounts_organisation_change", args=[firm.pk])
    kept = page.context["cl"].preserved_filters
    link = f"{address}?{kept}" if kept else address
    assert bool(kept) == bool(query)
    assert f'<a href="{link}"' in page.content.decode()
    assert browser.get(link).status_code == 200


def test_the_head_of_a_list_keeps_its_box_and_rows_tell_their_columns() -> None:
    SupplierFactory.create(state="submitted")

    page = browser_of(member("agency", "editor"), "vi").get(SUPPLIERS).content.decode()

    assert page.count('id="action-toggle"') == 1
    assert "&lt;input" not in page
    assert page.count('data-label="trạng thái"') == 1
