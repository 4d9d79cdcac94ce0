"""What the tests of these pages share: a browser, forms as they stand, firms that wait."""

from typing import Any

from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from accounts.principals import Principal
from suppliers.models import Supplier
from tests.factories.suppliers import (
    CapabilityFactory,
    SiteFactory,
    SupplierFactory,
)

ADMIN = "/admin/suppliers"


def browser_of(principal: Principal) -> Client:
    assert principal.user is not None
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(principal.user)
    return browser


def form_of(browser: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the page's form would send, with some fields filled in otherwise."""
    context = browser.get(url).context
    form = context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    for formset in context["inline_admin_formsets"]:
        management = formset.formset.management_form
        sent |= {management.add_prefix(name): management[name].value() for name in management.fields}
    sent |= changes
    return {name: value for name, value in sent.items() if value is not None}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def submitted_supplier() -> Supplier:
    supplier = SupplierFactory.create(state="submitted", submitted_at=timezone.now())
    CapabilityFactory.create(site=SiteFactory.create(supplier=supplier))
    return supplier
