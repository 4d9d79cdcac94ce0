"""Two stored firms that turn out to be one: all of the one becomes the other's, and goes back when that is undone."""

from datetime import date
from typing import Any

import pytest

from accounts.errors import LeadsOnlyError
from accounts.models import ApiKey, Disclosure, Invitation, Membership, Organisation
from accounts.principals import Principal
from accounts.services import issue_api_key
from config.errors import DomainError, InvalidFactError, NotAllowedError, StaleVersionError
from matchmaking import services as matchmaking
from matchmaking.models import Connection
from notifications.models import Event, WebhookEndpoint
from suppliers import services
from suppliers.errors import (
    BothRepresentedError,
    DifferentTaxCodesError,
    MergeOvertakenError,
    OwnEntryError,
    PublishedFirmStaysError,
    SameGoingOnError,
    SupplierArchivedError,
)
from suppliers.merging.rows import everything, references
from suppliers.models import (
    Capability,
    Certificate,
    Claim,
    Document,
    Evidence,
    Listing,
    Site,
    Supplier,
    SupplierMerge,
    SupportApplication,
)
from taxonomy.models import Sector
from tests.factories import matchmaking as make
from tests.factories.accounts import InvitationFactory, MembershipFactory, OrganisationFactory, UserFactory, member
from tests.factories.suppliers import (
    CapabilityFactory,
    CertificateFactory,
    SiteFactory,
    SupplierFactory,
    document,
)
from tests.factories.support import SupportApplicationFactory, SupportProgrammeFactory
from tests.suppliers.merges import firm, merge, picture, published_firm, undo

pytestmark = pytest.mark.django_db


def of_each(survivor: Supplier, merged: Supplier) -> list[dict[str, Any]]:
    """All that belongs to either, by table: whose it is."""
    return [dict(everything(key.model).order_by("pk").values_list("pk", key.attname)) for key in references()]


def test_everything_of_the_one_becomes_the_other_s_and_all_goes_back() -> None:
    lead = member("agency")
    survivor = firm(organisation__contact_phone="")
    owner = member("supplier")
    assert owner.organisation is not None
    merged = firm(
        organisation=owner.organisation,
        source="Members",
        source_ref="17",
        founded_year=1999,
        languages=["en"],
        languages_level=1,
        languages_observed_on=date(2026, 3, 1),
    )
    sector = Sector.objects.create(code="electronics", name_en="Electronics", name_vi="Điện tử")
    merged.sectors.add(sector)
    site = SiteFactory.create(supplier=merged)
    CapabilityFactory.create(site=site)
    certificate = CertificateFactory.create(supplier=merged, site=site)
    services.check_certificate(certificate_id=certificate.pk, level=2, by=lead)
    visit = services.record_assessment(
        supplier_id=merged.pk, site=site, visited_on=date(2026, 9, 1), visitors="Lan", conclusion="Fit.", by=lead
    )
    kept = document(merged, certificate=certificate)
    claim = Claim.objects.create(supplier=merged, claimant=UserFactory.create())
    key, _secret = issue_api_key(name="ERP", scopes=["read"], by=owner)
    code = owner.organisation.tax_code
    moved = (site, certificate, kept, claim, visit)
    before, owned = (
        picture(survivor, merged, survivor.organisation, merged.organisation, *moved),
        of_each(survivor, merged),
    )

    made = merge(survivor, merged, lead)

    for model in (Site, Certificate, Document, Claim):
        assert model.objects.get().supplier == survivor
    assert Capability.objects.get().supplier == survivor
    assert set(Evidence.objects.filter(subject=certificate.public_id).values_list("supplier", flat=True)) == {
        survivor.pk
    }
    assert Membership.objects.get(user=owner.user).organisation == survivor.organisation
    assert ApiKey.objects.get(pk=key.pk).organisation == survivor.organisation
    assert (Listing.objects.get().supplier, Listing.objects.get().source_ref) == (survivor, "17")
    survivor.refresh_from_db()
    merged.refresh_from_db()
    assert (survivor.founded_year, survivor.languages, survivor.languages_level) == (1999, ["en"], 1)
    assert list(survivor.sectors.all()) == [sector]
    assert (survivor.organisation.tax_code, merged.organisation.tax_code) == (code, "")
    assert (merged.state, merged.state_reason) == ("archived", f"→ {survivor} ({survivor.public_id})")
    assert made.stayed == []
    told = Event.objects.get(topic="supplier.merged")
    assert (told.subject, told.payload["other"]) == (survivor.public_id, merged.public_id)

    left = services.undo_merge(merge_id=made.pk, reason="Two firms.", by=lead)

    assert left == 0
    survivor, merged = Supplier.objects.get(pk=survivor.pk), Supplier.objects.get(pk=merged.pk)
    assert picture(survivor, merged, survivor.organisation, merged.organisation, *moved) == before
    assert of_each(survivor, merged) == owned
    assert set(Evidence.objects.filter(subject=certificate.public_id).values_list("supplier", flat=True)) == {merged.pk}
    assert Listing.objects.count() == 0
    assert Event.objects.get(topic="supplier.unmerged").subject == merged.public_id
    assert Capability.objects.get().supplier == merged


def test_what_the_survivor_says_of_itself_stays_as_it_is() -> None:
    survivor = firm(
        organisation__contact_name="Lan", organisation__address="Lô 1", founded_year=2001, export_share_pct=5.0,
        export_share_pct_observed_on=date(2026, 1, 1),
    )  # fmt: skip
    merged = firm(
        organisation__contact_name="Minh", organisation__contact_email="minh@firm.example",
        organisation__address="Lô 2", founded_year=1990, export_share_pct=60.0, export_share_pct_level=2,
        export_share_pct_observed_on=date(2026, 6, 1), description_en="Turning",
    )  # fmt: skip

    merge(survivor, merged)

    survivor = Supplier.objects.get(pk=survivor.pk)
    organisation = survivor.organisation
    assert (organisation.contact_name, organisation.address) == ("Lan", "Lô 1")
    assert organisation.contact_email != "minh@firm.example"
    assert (survivor.founded_year, survivor.export_share_pct, survivor.export_share_pct_level) == (2001, 5.0, 0)
    assert survivor.description_en == "Turning"


def test_a_certificate_that_both_list_stays_and_its_better_proof_counts() -> None:
    lead, survivor, merged = member("agency"), firm(), firm()
    mine = CertificateFactory.create(supplier=survivor, number="QMS-1")
    theirs = CertificateFactory.create(supplier=merged, number="QMS-1", site=SiteFactory.create(supplier=merged))
    services.check_certificate(certificate_id=theirs.pk, level=2, by=lead)
    kept = document(merged, certificate=theirs)
    before = picture(mine, theirs, kept)

    made = merge(survivor, merged, lead)

    mine.refresh_from_db()
    theirs.refresh_from_db()
    kept.refresh_from_db()
    assert (mine.supplier, mine.state, mine.level) == (survivor, "checked", 2)
    assert (theirs.supplier, theirs.site) == (merged, None)
    assert (kept.supplier, kept.certificate) == (survivor, mine)
    assert made.stayed == [["suppliers.Certificate", str(theirs)]]
    check = Evidence.objects.get(act="checked")
    assert (check.supplier, check.subject) == (survivor, mine.public_id)

    assert services.undo_merge(merge_id=made.pk, reason="Two firms.", by=lead) == 0
    assert picture(mine, theirs, kept) == before
    check.refresh_from_db()
    assert (check.supplier, check.subject) == (merged, theirs.public_id)


def test_a_document_that_both_keep_stays_about_the_other_s_certificate() -> None:
    survivor, merged = firm(), firm()
    CertificateFactory.create(supplier=survivor, number="QMS-1")
    theirs = CertificateFactory.create(supplier=merged, number="QMS-1")
    kept = document(merged, certificate=theirs, sha256=document(survivor).sha256)

    merge(survivor, merged)

    kept.refresh_from_db()
    assert (kept.supplier, kept.certificate) == (merged, theirs)


OLD = {"valid_from": date(2021, 1, 1), "expires_on": date(2024, 1, 1), "never_expires": False}
RENEWED = {"valid_from": date(2025, 1, 1), "expires_on": date(2028, 1, 1), "never_expires": False}
FOR_GOOD = {"valid_from": date(2025, 1, 1), "expires_on": None, "never_expires": True}


@pytest.mark.parametrize(("mine", "theirs"), [(OLD, RENEWED), (OLD, FOR_GOOD), (FOR_GOOD, RENEWED), (RENEWED, OLD)])
def test_days_of_a_certificate_that_only_fit_together_go_over_together_and_back(
    mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    survivor, merged = firm(), firm()
    listed = CertificateFactory.create(supplier=survivor, number="QMS-1", **mine)
    CertificateFactory.create(supplier=merged, number="QMS-1", checked=True, **theirs)

    made = merge(survivor, merged)

    listed.refresh_from_db()
    assert {name: getattr(listed, name) for name in theirs} == theirs
    assert undo(made) == 0
    listed.refresh_from_db()
    assert {name: getattr(listed, name) for name in mine} == mine


def test_connections_go_over_with_what_they_disclose() -> None:
    survivor, merged = published_firm(), published_firm()
    row = make.ConnectionFactory.create(supplier=merged, state="accepted")
    Disclosure.objects.create(reader=row.requirement.buyer.organisation, subject=merged.organisation, reason="con_1")

    made = merge(survivor, merged)

    row.refresh_from_db()
    assert (row.supplier, Disclosure.objects.get().subject) == (survivor, survivor.organisation)
    undo(made)
    row.refresh_from_db()
    assert (row.supplier, Disclosure.objects.get().subject) == (merged, merged.organisation)


def refused(
    error: type[DomainError], survivor: Supplier, merged: Supplier, by: Principal | None = None, **f: Any
) -> Any:
    """The merge is refused, and nothing moved."""
    by = by or member("agency")
    rows = (survivor, merged, survivor.organisation, merged.organisation)
    versions = Supplier.objects.order_by("pk").values_list("version", "state")
    before, owned, stood = picture(*rows), of_each(survivor, merged), list(versions)
    with pytest.raises(error) as told:
        merge(survivor, merged, by, **f)
    assert (picture(*rows), of_each(survivor, merged), list(versions)) == (before, owned, stood)
    assert SupplierMerge.objects.count() == 0
    assert not Event.objects.filter(topic="supplier.merged").exists()
    return told.value


def test_two_live_connections_about_one_requirement_stand_in_the_way() -> None:
    survivor, merged = published_firm(), published_firm()
    asked = make.ConnectionFactory.create(supplier=survivor, state="requested").requirement
    make.ConnectionFactory.create(supplier=merged, state="accepted", requirement=asked)
    SiteFactory.create(supplier=merged)

    told = refused(SameGoingOnError, survivor, merged)

    assert str(asked) in str(told.detail)
    Connection.objects.filter(supplier=survivor).update(state="withdrawn")
    merge(survivor, merged)
    assert Connection.objects.filter(supplier=survivor).count() == 2


def test_two_live_applications_to_one_support_programme_stand_in_the_way() -> None:
    survivor, merged = firm(published=True), firm(published=True)
    programme = SupportProgrammeFactory.create()
    mine = SupportApplicationFactory.create(programme=programme, supplier=survivor)
    theirs = SupportApplicationFactory.create(programme=programme, supplier=merged)

    told = refused(SameGoingOnError, survivor, merged)

    assert str(programme) in str(told.detail)
    SupportApplication.objects.filter(pk=mine.pk).update(state="withdrawn")
    merge(survivor, merged)
    theirs.refresh_from_db()
    assert (theirs.supplier, theirs.state) == (survivor, "applied")


def test_different_tax_codes_are_different_firms() -> None:
    one, other = SupplierFactory.create(), SupplierFactory.create()

    refused(DifferentTaxCodesError, one, other)
    refused(DifferentTaxCodesError, one, other, tax_code="0100109106")


def test_tax_codes_of_two_countries_are_of_two_firms_whichever_is_right() -> None:
    one, other = SupplierFactory.create(), SupplierFactory.create(organisation__country="JP")

    refused(DifferentTaxCodesError, one, other, tax_code=one.organisation.tax_code)


@pytest.mark.parametrize("right", ["survivor", "merged"])
def test_an_officer_says_which_of_two_tax_codes_is_right_and_it_can_be_undone(right: str) -> None:
    survivor, merged = SupplierFactory.create(), SupplierFactory.create()
    codes = {"survivor": survivor.organisation.tax_code, "merged": merged.organisation.tax_code}

    made = merge(survivor, merged, tax_code=codes[right])

    assert Organisation.objects.get(supplier=survivor).tax_code == codes[right]
    stays = codes["merged"] if right == "survivor" else ""
    assert Organisation.objects.get(supplier=merged).tax_code == stays
    assert undo(made) == 0
    assert Organisation.objects.get(supplier=survivor).tax_code == codes["survivor"]
    assert Organisation.objects.get(supplier=merged).tax_code == codes["merged"]


def test_of_a_published_and_a_hidden_firm_the_published_one_stays() -> None:
    published, hidden = firm(published=True), firm(state="suspended")

    refused(PublishedFirmStaysError, hidden, published)
    merge(published, hidden)


def test_nobody_gets_into_a_firm_that_others_represent() -> None:
    mine, theirs = member("supplier"), member("supplier")
    survivor = firm(organisation=mine.organisation)
    merged = firm(organisation=theirs.organisation)
    type(merged.organisation).objects.update(tax_code="")

    refused(BothRepresentedError, Supplier.objects.get(pk=survivor.pk), Supplier.objects.get(pk=merged.pk))


def test_nobody_gets_into_a_firm_of_others_by_key_invitation_or_webhook() -> None:
    survivor, theirs = firm(organisation=member("supplier").organisation), member("supplier")
    type(survivor.organisation).objects.update(tax_code="")
    merged = firm(organisation=theirs.organisation)
    key, _secret = issue_api_key(name="ERP", scopes=["read"], by=theirs)
    invitation = InvitationFactory.create(organisation=merged.organisation)
    endpoint = WebhookEndpoint.objects.create(
        organisation=merged.organisation, url="https://hooks.firm.example/", topics=["supplier.merged"], secret="unused"
    )
    Membership.objects.filter(organisation=merged.organisation).delete()

    made = merge(Supplier.objects.get(pk=survivor.pk), Supplier.objects.get(pk=merged.pk))

    for row in (ApiKey.objects.get(), Invitation.objects.get(), WebhookEndpoint.objects.get()):
        assert row.organisation == merged.organisation
    assert sorted(made.stayed) == [
        ["accounts.ApiKey", str(key)],
        ["accounts.Invitation", invitation.public_id],
        ["notifications.WebhookEndpoint", str(endpoint)],
    ]


def test_one_person_s_two_profiles_become_one() -> None:
    person = member("supplier")
    survivor = firm(organisation=person.organisation)
    merged = firm(organisation=OrganisationFactory.create(kind="supplier", tax_code=""))
    second = MembershipFactory.create(organisation=merged.organisation, user=person.user, role="owner")

    made = merge(survivor, merged)

    assert made.stayed == [["accounts.Membership", second.public_id]]
    assert Membership.objects.filter(user=person.user).count() == 2


def test_only_officers_merge_and_not_a_firm_of_their_own_and_only_leads_undo() -> None:
    survivor, merged = firm(), firm()

    refused(NotAllowedError, survivor, merged, member("agency", "viewer"))
    refused(Supplier.DoesNotExist, survivor, merged, member("buyer"))  # type: ignore[arg-type]
    officer = member("agency", "editor")
    MembershipFactory.create(organisation=merged.organisation, user=officer.user, role="viewer")
    refused(OwnEntryError, survivor, merged, officer)
    made = merge(survivor, merged)
    with pytest.raises(LeadsOnlyError):
        services.undo_merge(merge_id=made.pk, reason="Two firms.", by=officer)
    with pytest.raises(SupplierMerge.DoesNotExist):
        services.undo_merge(merge_id=made.pk, reason="Two firms.", by=member("supplier"))


def test_a_merge_needs_two_firms_a_reason_and_what_was_read() -> None:
    survivor, merged = firm(), firm()

    refused(InvalidFactError, survivor, survivor)
    refused(InvalidFactError, survivor, merged, reason=" ")
    refused(StaleVersionError, survivor, merged, expected_versions={survivor.pk: 1, merged.pk: 7})
    refused(SupplierArchivedError, survivor, firm(state="archived"))


def test_what_has_changed_since_is_left_and_later_merges_are_undone_first() -> None:
    lead, first, second, third = member("agency"), firm(), firm(), firm()
    site = SiteFactory.create(supplier=third)
    gone = SiteFactory.create(supplier=third)
    early, late = merge(second, third, lead), merge(first, second, lead)
    gone.delete()

    with pytest.raises(MergeOvertakenError):
        services.undo_merge(merge_id=early.pk, reason="Two firms.", by=lead)
    assert services.undo_merge(merge_id=late.pk, reason="Two firms.", by=lead) == 1
    assert services.undo_merge(merge_id=early.pk, reason="Two firms.", by=lead) == 1
    with pytest.raises(MergeOvertakenError):
        services.undo_merge(merge_id=late.pk, reason="Again.", by=lead)
    assert Site.objects.get().supplier == site.supplier == third
    assert set(Supplier.objects.values_list("state", flat=True)) == {"draft"}


def test_every_reference_to_a_firm_either_moves_or_is_known_to_stay() -> None:
    moving = {f"{key.model._meta.label}.{key.name}" for key in references()}

    assert moving >= {
        *("suppliers.Site.supplier", "suppliers.Certificate.supplier", "suppliers.Document.supplier"),
        *("suppliers.Claim.supplier", "suppliers.Assessment.supplier", "suppliers.Listing.supplier"),
        *(
            "matchmaking.Connection.supplier",
            "matchmaking.ShortlistEntry.supplier",
            "suppliers.Supplier_sectors.supplier",
        ),
        *("accounts.Membership.organisation", "accounts.ApiKey.organisation", "accounts.Invitation.organisation"),
        *("accounts.Disclosure.subject", "accounts.Disclosure.reader", "notifications.WebhookEndpoint.organisation"),
    }
    assert not moving & {"suppliers.Evidence.supplier", "jobs.Job.organisation", "matchmaking.MatchPair.supplier"}


def test_a_ranking_finds_under_the_survivor_what_the_merged_firm_can() -> None:
    survivor, merged = published_firm(), published_firm()
    CapabilityFactory.create(site=SiteFactory.create(supplier=merged), process_level=2)
    asked = make.requirement()

    merge(survivor, merged)

    found = matchmaking.match_requirement(asked)
    assert found.supplier_ids == [survivor.public_id]
