"""Two firms parted again after something has changed: what can go back does, the rest is left and counted."""

from datetime import date

import pytest

from suppliers.models import Certificate, Supplier
from tests.factories.suppliers import CertificateFactory, SiteFactory
from tests.suppliers.merges import firm, merge, picture, undo

pytestmark = pytest.mark.django_db


def test_what_pointed_to_a_site_that_was_removed_since_is_left() -> None:
    survivor, merged = firm(), firm()
    site = SiteFactory.create(supplier=merged)
    CertificateFactory.create(supplier=survivor, number="QMS-1")
    theirs = CertificateFactory.create(supplier=merged, number="QMS-1", site=site)
    made = merge(survivor, merged)
    site.delete()

    assert undo(made) == 2  # the site's firm, the certificate's site

    theirs.refresh_from_db()
    made.refresh_from_db()
    assert (theirs.supplier, theirs.site) == (merged, None)
    assert made.undone_at is not None
    assert Supplier.objects.get(pk=merged.pk).state == "draft"


def test_a_certificate_of_which_a_day_was_changed_since_is_left_as_a_whole() -> None:
    survivor, merged = firm(), firm()
    mine = CertificateFactory.create(
        supplier=survivor, number="QMS-1", valid_from=date(2030, 1, 1), expires_on=date(2033, 1, 1)
    )
    CertificateFactory.create(
        supplier=merged, number="QMS-1", valid_from=date(2021, 1, 1), expires_on=date(2024, 1, 1), checked=True
    )
    made = merge(survivor, merged)
    Certificate.objects.filter(pk=mine.pk).update(expires_on=date(2025, 1, 1))
    changed = picture(mine)

    assert undo(made) == 1

    assert picture(mine) == changed
    mine.refresh_from_db()
    assert (mine.valid_from, mine.expires_on, mine.level) == (date(2021, 1, 1), date(2025, 1, 1), 2)


def test_of_rows_that_went_over_together_only_those_that_cannot_go_back_are_left() -> None:
    survivor, merged = firm(), firm()
    free = CertificateFactory.create(supplier=merged, number="QMS-1")
    taken = CertificateFactory.create(supplier=merged, number="QMS-2")
    made = merge(survivor, merged)
    CertificateFactory.create(supplier=merged, number="QMS-2")

    assert undo(made) == 1

    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.supplier, taken.supplier) == (merged, survivor)


def test_a_contact_that_was_changed_since_stays_and_one_that_was_not_goes() -> None:
    kept, gone, named = firm(), firm(), "Lan"
    contact = {"organisation__contact_name": named, "organisation__contact_email": "lan@firm.example"}
    blank = {"contact_name": "", "contact_email": "", "contact_phone": ""}
    organisations = type(kept.organisation).objects
    organisations.update(**blank)
    merges = [merge(Supplier.objects.get(pk=each.pk), firm(**contact)) for each in (kept, gone)]
    assert set(organisations.filter(supplier__in=[kept, gone]).values_list("contact_name", flat=True)) == {named}
    organisations.filter(supplier=kept).update(contact_name="Minh")

    assert [undo(made) for made in merges] == [1, 0]

    assert organisations.get(supplier=kept).contact_name == "Minh"
    assert organisations.get(supplier=gone).contact_name == ""
