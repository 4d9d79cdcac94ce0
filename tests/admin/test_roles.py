"""What viewers, officers and leads may do on every page of the admin."""

import pytest
from django.test import Client, RequestFactory

from accounts.principals import Principal
from tests.admin.registered import registered
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db
CHANGES = ("add", "change", "delete", "act", "lead")


def may(by: Principal, *kinds: str) -> dict[str, set[str]]:
    """Which of these kinds of changes a person finds on each page, where there are any."""
    request = RequestFactory().get("/admin/")
    assert by.user is not None
    request.user = by.user
    found = {
        page.opts.label: {
            kind for kind in kinds if (asked := getattr(page, f"has_{kind}_permission", None)) and asked(request)
        }
        for page in registered()
    }
    return {label: kinds for label, kinds in found.items() if kinds}


def test_viewers_see_every_page_and_change_nothing_on_any() -> None:
    viewer = member("agency", "viewer")

    assert may(viewer, *CHANGES) == {}
    assert may(viewer, "view") == {page.opts.label: {"view"} for page in registered()}


def test_officers_do_everything_but_what_is_for_leads() -> None:
    officer, lead = member("agency", "editor"), member("agency", "owner")

    assert may(officer, "lead") == {}
    assert may(officer, *CHANGES[:-1]) == may(lead, *CHANGES[:-1])
    assert set(may(lead, "lead")) == {page.opts.label for page in registered() if hasattr(page, "has_lead_permission")}


@pytest.mark.parametrize("kind", ["supplier", "buyer"])
def test_people_of_firms_find_no_page(kind: str) -> None:
    assert may(member(kind), *CHANGES, "view") == {}


def test_a_viewer_s_forms_have_no_way_to_save() -> None:
    viewer = member("agency", "viewer")
    browser = Client(headers={"accept-language": "en"})
    assert viewer.user is not None
    browser.force_login(viewer.user)

    for page in registered():
        address = f"/admin/{page.opts.app_label}/{page.opts.model_name}/"
        assert browser.get(address).status_code == 200
        assert browser.get(f"{address}add/").status_code == 403
        assert b'name="action"' not in browser.get(address).content, page.opts.label
