"""Officers decide about rows that they choose in a list."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.principals import Principal
from notifications.models import Event
from suppliers import services
from suppliers.models import Certificate, Supplier
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    published_supplier,
)
from tests.suppliers.admin.scene import ADMIN, browser_of, said, submitted_supplier

pytestmark = pytest.mark.django_db


def choose(browser: Client, act: str, rows: list[Any], **query: str) -> Any:
    """Choose rows in their list and an act to do with them."""
    url = f"{ADMIN}/{type(rows[0]).__name__.lower()}/?queue=all"
    return browser.post(url, {"action": act, "index": "0", "_selected_action": [row.pk for row in rows], **query})


def confirm(browser: Client, asked: Any, **fields: str) -> Any:
    """Send the page that asks whether to, as it stands."""
    sent = {
        "action": asked.context["action"],
        "select_across": "1",
        "_selected_action": asked.context["chosen"][0],
        "chosen": ",".join(map(str, asked.context["chosen"])),
    }
    assert all(f'name="{name}" value="{value}"' in asked.content.decode() for name, value in sent.items())
    return browser.post(asked.request["PATH_INFO"], {**sent, **fields})


def states() -> list[str]:
    return list(Supplier.objects.order_by("pk").values_list("state", flat=True))


def test_chosen_firms_are_counted_first_and_submitted_once_confirmed(officer: Principal) -> None:
    firms = [SupplierFactory.create() for _ in range(3)]
    for firm in firms[:2]:
        CapabilityFactory.create(site=SiteFactory.create(supplier=firm))
    browser = browser_of(officer)

    asked = choose(browser, "submit_chosen", firms)
    page = asked.content.decode()
    assert "3 rows are chosen." in page
    assert [f"<li>{firm}</li>" in page for firm in firms] == [True] * 3
    assert states() == ["draft"] * 3
    done = confirm(browser, asked)

    assert states() == ["submitted", "submitted", "draft"]
    assert said(done) == [
        "Submit: 2 done, 1 refused.",
        f"1 × The profile is not complete enough to be submitted. ({firms[2]})",
    ]
    assert Event.objects.filter(topic="supplier.submitted").count() == 2


def test_firms_that_may_not_be_published_stop_no_other(officer: Principal, colleague: Principal) -> None:
    own, ready, draft = submitted_supplier(), submitted_supplier(), SupplierFactory.create()
    services.change_supplier(supplier_id=own.pk, values={"export_share_pct": 40.0}, by=officer)
    browser = browser_of(officer)

    done = confirm(browser, choose(browser, "publish_chosen", [own, ready, draft]))

    assert states() == ["submitted", "published", "draft"]
    assert said(done) == [
        "Publish: 1 done, 2 refused.",
        f"1 × You entered this yourself: somebody else must approve it. ({own})",
        f"1 × From “Draft” this step is not possible. ({draft})",
    ]
    assert said(confirm(browser_of(colleague), choose(browser_of(colleague), "publish_chosen", [own]))) == [
        "Publish: 1 done, 0 refused."
    ]


def test_the_page_that_asks_lists_what_will_happen_and_what_cannot(officer: Principal) -> None:
    ready, draft = submitted_supplier(), SupplierFactory.create()

    page = choose(browser_of(officer), "publish_chosen", [ready, draft]).content.decode()

    assert f"<li>{ready}</li>" in page
    assert f"<li>{draft}: Draft</li>" in page
    assert states() == ["submitted", "draft"]


def test_what_is_confirmed_is_what_was_counted(officer: Principal) -> None:
    counted, browser = submitted_supplier(), browser_of(officer)

    asked = choose(browser, "publish_chosen", [counted], select_across="1")
    submitted_supplier()  # joins the list meanwhile
    confirm(browser, asked)

    assert states() == ["published", "submitted"]


def test_chosen_firms_are_sent_back_for_one_reason_that_must_be_given(officer: Principal) -> None:
    firms, browser = [submitted_supplier(), submitted_supplier()], browser_of(officer)

    asked_again = confirm(browser, choose(browser, "request_changes_chosen", firms), reason="")
    assert (asked_again.status_code, states()) == (200, ["submitted", "submitted"])
    confirm(browser, asked_again, reason="Which machines?")

    assert set(Supplier.objects.values_list("state", "state_reason")) == {("changes_requested", "Which machines?")}


@pytest.mark.parametrize(
    "chosen",
    ["", "x,;", "9" * 5_000, ",".join(map(str, range(201)))],
    ids=["none", "no numbers", "more digits than Python reads", "too many"],
)
def test_none_and_too_many_are_refused(chosen: str, officer: Principal) -> None:
    supplier = submitted_supplier()
    sent = {"action": "publish_chosen", "select_across": "1", "_selected_action": supplier.pk, "chosen": chosen}

    refused = browser_of(officer).post(f"{ADMIN}/supplier/", sent)

    assert (said(refused), states()) == (["Choose from 1 to 200 rows."], ["submitted"])


def test_who_is_not_of_the_agency_publishes_no_chosen_firms(officer: Principal) -> None:
    supplier = submitted_supplier()
    assert officer.user is not None
    asked = choose(browser := browser_of(officer), "publish_chosen", [supplier])
    officer.user.memberships.all().delete()
    officer.user.is_staff = officer.user.is_superuser = True
    officer.user.save()

    confirm(browser, asked)

    assert states() == ["submitted"]


def test_chosen_certificates_are_confirmed_with_one_finding(officer: Principal) -> None:
    supplier = published_supplier()
    certificates = [CertificateFactory.create(supplier=supplier, number=number) for number in "AB"]
    checked = CertificateFactory.create(supplier=supplier, number="C", checked=True)
    browser = browser_of(officer)

    done = confirm(browser, choose(browser, "confirm_chosen", [*certificates, checked]), level="3")

    assert said(done)[0] == "Confirm: 2 done, 1 refused."
    assert set(Certificate.objects.filter(number__in="AB").values_list("state", "level")) == {("checked", 3)}


def test_each_chosen_firm_costs_the_same(officer: Principal) -> None:
    browser = browser_of(officer)

    def queries_for(count: int) -> int:
        asked = choose(browser, "publish_chosen", [submitted_supplier() for _ in range(count)])
        with CaptureQueriesContext(connection) as captured:
            confirm(browser, asked)
        return len(captured)

    one, two, twelve = queries_for(1), queries_for(2), queries_for(12)
    assert twelve - one == 11 * (two - one)
    assert two - one <= 15
