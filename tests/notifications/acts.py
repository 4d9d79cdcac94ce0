"""For each topic an act of people of which others are told."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts import services as accounts
from accounts.models import ApiKey, Invitation, Membership
from accounts.principals import Principal
from accounts.services import issue_api_key
from accounts.services.api_keys import note_refusal, warn_of_expiring_keys
from buyers import services as buyers
from buyers.models import Requirement
from config.uploads.storage import discard
from jobs.models import Job
from jobs.running import run_due_jobs
from matchmaking import services as matchmaking
from matchmaking.exports.jobs import request_export
from matchmaking.models import Connection, DeliveryReport, MatchNote
from notifications.models import Event, WebhookEndpoint
from notifications.services import add_endpoint
from notifications.webhooks.telling import switch_off
from privacy import services as privacy
from suppliers import services as suppliers
from suppliers.imports import lists
from suppliers.models import Assessment, Certificate, Claim, Evidence, Supplier, SupportApplication
from suppliers.support import applications as support
from tests.factories import matchmaking as make
from tests.factories.accounts import UserFactory, member
from tests.factories.buyers import BuyerFactory
from tests.factories.imports import ImportFactory
from tests.factories.suppliers import CapabilityFactory, CertificateFactory, SiteFactory, SupplierFactory
from tests.factories.support import SupportProgrammeFactory


class Case:
    """People of a firm, of a buyer and of the agency, and acts of theirs of which others are told."""

    def __init__(self) -> None:
        self.supplier, self.buyer, self.officer = member("supplier"), member("buyer"), member("agency")
        self.claimant = Principal(user=UserFactory.create())

    def firm(self, **state: Any) -> Supplier:
        firm = SupplierFactory.create(organisation=self.supplier.organisation, **(state or {"published": True}))
        CapabilityFactory.create(site=SiteFactory.create(supplier=firm))
        return firm

    def merged(self, *, survives: bool) -> int:
        """Firm of the supplier and a duplicate of it, made one."""
        firms = [self.firm(state="draft"), SupplierFactory.create(organisation__tax_code="")]
        survivor, merged = firms if survives else firms[::-1]
        by = self.officer
        merge = suppliers.merge_suppliers(survivor_id=survivor.pk, merged_id=merged.pk, reason="One firm.", by=by)
        return merge.pk

    def certificate(self) -> Certificate:
        return CertificateFactory.create(supplier=self.firm())

    def connection(self) -> Connection:
        requirement = make.requirement(make.verified_buyer(self.buyer.organisation), visibility="anonymous")
        firm = self.firm()
        return matchmaking.request_connection(requirement_id=requirement.pk, supplier_id=firm.pk, by=self.buyer)

    def offer(self) -> Connection:
        requirement = make.requirement(make.verified_buyer(self.buyer.organisation))
        firm = self.firm()
        return matchmaking.offer_connection(requirement_id=requirement.pk, supplier_id=firm.pk, by=self.supplier)

    def proposal(self) -> Connection:
        requirement = make.requirement(make.verified_buyer(self.buyer.organisation))
        firm = self.firm()
        return matchmaking.propose_connection(requirement_id=requirement.pk, supplier_id=firm.pk, by=self.officer)

    def advance(self, to: str, **details: Any) -> Connection:
        connection = self.connection()
        matchmaking.accept_connection(connection_id=connection.pk, by=self.supplier)
        return matchmaking.advance_connection(connection_id=connection.pk, to=to, by=self.buyer, **details)

    def contract(self) -> Connection:
        return self.advance("contract", value_band="under_10", starts_on=timezone.localdate())

    def a_year_passes(self) -> None:
        matchmaking.ask_for_outcomes(today=self.contract().outcome_due_on or timezone.localdate())

    def report(self, by: Principal) -> DeliveryReport:
        return matchmaking.report_deliveries(
            connection_id=self.contract().pk, month=timezone.localdate(), deliveries=4, good=3, by=by
        )

    def answer_is_late(self) -> None:
        expires_at = timezone.now() + timedelta(days=1)
        Connection.objects.filter(pk=self.connection().pk).update(expires_at=expires_at)
        matchmaking.remind_of_unanswered_connections()

    def requirement_changes(self) -> None:
        connection = self.connection()
        buyers.change_requirement(requirement_id=connection.requirement_id, values={"title": "Axle"}, by=self.buyer)
        matchmaking.note_change(event_id=Event.objects.get(topic="requirement.changed").public_id)
        Connection.objects.update(requirement_changed_at="2020-01-01T00:00:00Z")
        matchmaking.tell_of_changed_requirements()

    def requirement_ends_under_way(self) -> None:
        connection = self.advance("visit")
        buyers.award_requirement(requirement_id=connection.requirement_id, by=self.buyer)
        matchmaking.tell_of_end(event_id=Event.objects.get(topic="requirement.awarded").public_id)

    def unattended(self) -> Connection:
        Membership.objects.filter(user=self.supplier.user).delete()
        return self.connection()

    def claim(self) -> Claim:
        return suppliers.claim_supplier(supplier_id=SupplierFactory.create(published=True).pk, by=self.claimant)

    def applied(self) -> SupportApplication:
        programme = SupportProgrammeFactory.create()
        return support.apply_for_support(programme_id=programme.pk, supplier_id=self.firm().pk, by=self.supplier)

    def supported(self) -> SupportApplication:
        return support.approve_support_application(
            application_id=self.applied().pk, granted_vnd=Decimal(9), by=self.officer
        )

    def nobody_answers(self) -> None:
        Connection.objects.filter(pk=self.connection().pk).update(expires_at="2020-01-01T00:00:00Z")
        matchmaking.expire_lapsed_connections()

    def export(self, *, attempts: int = 1) -> None:
        request_export(kind="suppliers", format="csv", language="en", filters={}, by=self.buyer)
        Job.objects.update(give_up_after=attempts)
        run_due_jobs()

    def import_list(self, *, wanted: str) -> None:
        """One that was previewed is confirmed; of a file that is lost nothing can be written."""
        row = ImportFactory.create(previewed=True)
        if wanted == "failed":
            discard(row.stored_as)
        lists.confirm_list(import_id=row.pk, by=self.officer)
        run_due_jobs()

    def search(self, alert: str) -> None:
        """Something is found for the buyer's saved search."""
        values = {"name": "Everybody", "kind": "suppliers", "alert": alert}
        matchmaking.save_search(values=values, by=self.buyer)
        self.firm()
        matchmaking.look_at_changes()
        matchmaking.send_digests(at=timezone.now().replace(hour=5))  # noon in Vietnam

    def matched(self) -> None:
        """The firm and a requirement of the buyer match, and both sides are told."""
        make.requirement(make.verified_buyer(self.buyer.organisation))
        self.firm()
        MatchNote.objects.update(due_at="2020-01-01T00:00:00Z")
        matchmaking.update_matches()
        matchmaking.tell_of_matches()

    def endpoint_is_gone(self) -> None:
        values = {"url": "https://hooks.firm.example/", "topics": ["connection.accepted"]}
        endpoint, _ = add_endpoint(values=values, by=self.buyer)
        switch_off(endpoint, WebhookEndpoint.DisabledReason.GONE)

    def data_request(self, kind: str = "rectification") -> int:
        """Asked by the supplier's person."""
        return privacy.ask_about_data(kind=kind, details="My name is Lan.", by=self.supplier).pk

    def data_copied(self) -> None:
        self.data_request("export")
        run_due_jobs()

    def rename(self) -> int:
        """A firm that was published wants to be called otherwise."""
        organisation = self.supplier.organisation
        assert organisation is not None
        accounts.note_names_checked(organisation.pk)
        accounts.change_organisation(organisation_id=organisation.pk, trade_name="Other", by=self.supplier)
        return organisation.pk

    def invitation(self) -> tuple[Invitation, Principal]:
        """One by another owner than the supplier's person, and who is invited."""
        owner, invited = member(organisation=self.supplier.organisation), UserFactory.create()
        invitation = accounts.invite(email=invited.email, role="editor", by=owner)
        return invitation, Principal(user=invited)

    def answered(self, answer: Callable[..., Invitation]) -> None:
        invitation, invited = self.invitation()
        answer(invitation_id=invitation.pk, by=invited)

    def requirement(self, **fields: Any) -> Requirement:
        """An open one of the buyer, of which a colleague is told."""
        member(organisation=self.buyer.organisation)
        return make.requirement(make.verified_buyer(self.buyer.organisation), **fields)

    def opened(self) -> None:
        draft = self.requirement(state="draft", opened_at=None)
        buyers.open_requirement(requirement_id=draft.pk, by=self.buyer)

    def requirement_ends(self, *, in_days: int) -> None:
        row, today = self.requirement(), timezone.localdate()
        opened_at = timezone.now() - timedelta(days=30)
        Requirement.objects.filter(pk=row.pk).update(answer_by=today + timedelta(days=in_days), opened_at=opened_at)
        buyers.warn_of_expiry(today=today)
        buyers.expire_requirements(today=today)

    def certificate_ends(self, *, in_days: int) -> None:
        row, today = self.certificate(), timezone.localdate()
        Certificate.objects.filter(pk=row.pk).update(valid_from=None, expires_on=today + timedelta(days=in_days))
        suppliers.warn_of_certificates(today=today)

    def checked(self) -> None:
        row = CapabilityFactory.create(site=SiteFactory.create(supplier=self.firm()))
        suppliers.set_evidence(row=row, facts=["process"], level=2, source="visit", by=self.officer)

    def check_undone(self) -> None:
        self.checked()
        (check,) = Evidence.objects.filter(act="checked")
        suppliers.undo_check(
            supplier_id=check.supplier_id, check=check.public_id or "", reason="Another firm.", by=self.officer
        )

    def visit(self) -> Assessment:
        firm = self.firm()
        return suppliers.record_assessment(
            supplier_id=firm.pk,
            site=firm.sites.get(),
            visited_on=timezone.localdate(),
            visitors="Lan",
            conclusion="Fit for series.",
            by=self.officer,
        )

    def capacity_is_old(self) -> None:
        site = SiteFactory.create(supplier=self.firm())
        long_ago = timezone.localdate() - timedelta(days=100)
        figures = {"monthly_capacity": 100.0, "capacity_unit": "piece", "monthly_capacity_observed_on": long_ago}
        CapabilityFactory.create(site=site, **figures)
        suppliers.ask_for_capacity(today=timezone.localdate())

    def api_key(self) -> ApiKey:
        return issue_api_key(name="ERP", scopes=["read"], by=self.supplier)[0]

    def key_expires_soon(self) -> None:
        ApiKey.objects.filter(pk=self.api_key().pk).update(
            created_at=timezone.now() - timedelta(days=300), expires_at=timezone.now() + timedelta(days=29)
        )
        warn_of_expiring_keys()


ACTS: dict[str, Callable[[Case], object]] = {
    "connection.requested": lambda case: case.connection(),
    "connection.unattended": lambda case: case.unattended(),
    "connection.accepted": lambda case: matchmaking.accept_connection(
        connection_id=case.connection().pk, by=case.supplier
    ),
    "connection.declined": lambda case: matchmaking.decline_connection(
        connection_id=case.connection().pk, reason="price", by=case.supplier
    ),
    "connection.withdrawn": lambda case: matchmaking.withdraw_connection(
        connection_id=case.connection().pk, by=case.buyer
    ),
    "connection.expired": Case.nobody_answers,
    "connection.offered": Case.offer,
    "connection.proposed": Case.proposal,
    "connection.agreed": lambda case: matchmaking.accept_connection(connection_id=case.proposal().pk, by=case.buyer),
    "connection.reminded": Case.answer_is_late,
    "connection.requirement_changed": Case.requirement_changes,
    "connection.requirement_ended": Case.requirement_ends_under_way,
    "connection.late": Case.answer_is_late,
    "connection.advanced": lambda case: case.advance("visit"),
    "connection.contracted": lambda case: case.advance(
        "contract", value_band="under_10", starts_on=timezone.localdate()
    ),
    "connection.outcome_asked": Case.a_year_passes,
    "connection.outcome_told": lambda case: matchmaking.tell_outcome(
        connection_id=case.contract().pk, status="ongoing", by=case.buyer
    ),
    "message.received": lambda case: matchmaking.send_message(
        connection_id=case.connection().pk, text="Xin chào", by=case.buyer
    ),
    "delivery_report.added": lambda case: case.report(case.supplier),
    "delivery_report.confirmed": lambda case: case.report(case.buyer),
    "delivery_report.disputed": lambda case: matchmaking.dispute_deliveries(
        report_id=case.report(case.supplier).pk, reason="Too many.", by=case.buyer
    ),
    "connection.lost": lambda case: case.advance("lost", reason="price"),
    "supplier.submitted": lambda case: suppliers.submit_supplier(
        supplier_id=case.firm(state="draft").pk, by=case.supplier
    ),
    "supplier.published": lambda case: suppliers.publish_supplier(
        supplier_id=case.firm(state="submitted").pk, by=case.officer
    ),
    "supplier.changes_requested": lambda case: suppliers.request_changes(
        supplier_id=case.firm(state="submitted").pk, reason="Say more.", by=case.officer
    ),
    "supplier.suspended": lambda case: suppliers.suspend_supplier(
        supplier_id=case.firm().pk, reason="A complaint.", by=case.officer
    ),
    "supplier.archived": lambda case: suppliers.archive_supplier(supplier_id=case.firm().pk, by=case.officer),
    "supplier.merged": lambda case: case.merged(survives=True),
    "supplier.unmerged": lambda case: suppliers.undo_merge(
        merge_id=case.merged(survives=False), reason="Two firms.", by=case.officer
    ),
    "certificate.checked": lambda case: suppliers.check_certificate(
        certificate_id=case.certificate().pk, level=2, by=case.officer
    ),
    "certificate.rejected": lambda case: suppliers.reject_certificate(
        certificate_id=case.certificate().pk, reason="Not in the register.", by=case.officer
    ),
    "certificate.expiring": lambda case: case.certificate_ends(in_days=30),
    "certificate.expired": lambda case: case.certificate_ends(in_days=-1),
    "evidence.checked": Case.checked,
    "evidence.undone": Case.check_undone,
    "assessment.recorded": lambda case: case.visit(),
    "assessment.undone": lambda case: suppliers.undo_assessment(
        assessment_id=case.visit().pk, reason="Another firm.", by=case.officer
    ),
    "capacity.outdated": Case.capacity_is_old,
    "requirement.opened": Case.opened,
    "requirement.expiring": lambda case: case.requirement_ends(in_days=7),
    "requirement.expired": lambda case: case.requirement_ends(in_days=-1),
    "requirement.withdrawn": lambda case: buyers.withdraw_requirement(
        requirement_id=case.requirement().pk, reason="No longer needed.", by=case.buyer
    ),
    "requirement.awarded": lambda case: buyers.award_requirement(requirement_id=case.requirement().pk, by=case.buyer),
    "requirement.closed": lambda case: buyers.close_requirement(
        requirement_id=case.requirement().pk, reason="Nobody could.", by=case.buyer
    ),
    "claim.opened": lambda case: case.claim(),
    "claim.approved": lambda case: suppliers.approve_claim(claim_id=case.claim().pk, by=case.officer),
    "claim.rejected": lambda case: suppliers.reject_claim(
        claim_id=case.claim().pk, reason="Not on the register.", by=case.officer
    ),
    "claim.undone": lambda case: suppliers.undo_claim_decision(
        claim_id=suppliers.approve_claim(claim_id=case.claim().pk, by=case.officer).pk,
        reason="Another firm.",
        by=case.officer,
    ),
    "support_application.received": Case.applied,
    "support_application.approved": Case.supported,
    "support_application.declined": lambda case: support.decline_support_application(
        application_id=case.applied().pk, reason="The budget is for others.", by=case.officer
    ),
    "support_application.withdrawn": lambda case: support.withdraw_support_application(
        application_id=case.supported().pk, by=case.supplier
    ),
    "support_application.finished": lambda case: support.finish_support_application(
        application_id=case.supported().pk, result="reached", by=case.officer
    ),
    "buyer.registered": lambda case: buyers.create_buyer(values={}, by=case.buyer),
    "buyer.verified": lambda case: buyers.verify_buyer(
        buyer_id=BuyerFactory.create(organisation=case.buyer.organisation).pk, by=case.officer
    ),
    "buyer.rejected": lambda case: buyers.reject_buyer(
        buyer_id=BuyerFactory.create(organisation=case.buyer.organisation).pk, reason="Unknown.", by=case.officer
    ),
    "buyer.suspended": lambda case: buyers.suspend_buyer(
        buyer_id=make.verified_buyer(case.buyer.organisation).pk, reason="A complaint.", by=case.officer
    ),
    "buyer.reinstated": lambda case: buyers.reinstate_buyer(
        buyer_id=make.verified_buyer(case.buyer.organisation, state="suspended").pk, by=case.officer
    ),
    "buyer.undone": lambda case: buyers.undo_buyer_decision(
        buyer_id=make.verified_buyer(case.buyer.organisation).pk, reason="Another firm.", by=case.officer
    ),
    "match.found": Case.matched,
    "opportunity.found": Case.matched,
    "saved_search.matched": lambda case: case.search("at_once"),
    "saved_search.digest": lambda case: case.search("daily"),
    "webhook_endpoint.disabled": Case.endpoint_is_gone,
    "organisation.name_proposed": lambda case: case.rename(),
    "organisation.name_approved": lambda case: accounts.approve_trade_name(
        organisation_id=case.rename(), proposed_trade_name="Other", by=case.officer
    ),
    "organisation.name_refused": lambda case: accounts.refuse_trade_name(
        organisation_id=case.rename(), reason="It is another firm's.", by=case.officer
    ),
    "invitation.created": Case.invitation,
    "invitation.accepted": lambda case: case.answered(accounts.accept_invitation),
    "invitation.declined": lambda case: case.answered(accounts.decline_invitation),
    "invitation.withdrawn": lambda case: accounts.withdraw_invitation(
        invitation_id=case.invitation()[0].pk, by=member(organisation=case.supplier.organisation)
    ),
    "api_key.expiring": Case.key_expires_soon,
    "api_key.refused": lambda case: note_refusal(api_key_id=case.api_key().pk, address="203.0.113.9"),
    "data_request.received": lambda case: case.data_request(),
    "data_request.opened": lambda case: case.data_request(),
    "data_request.acknowledged": lambda case: privacy.acknowledge_request(
        request_id=case.data_request(), by=case.officer
    ),
    "data_request.extended": lambda case: privacy.extend_request(
        request_id=case.data_request(), reason="We must ask the firm.", by=case.officer
    ),
    "data_request.copied": Case.data_copied,
    "data_request.done": lambda case: privacy.complete_request(request_id=case.data_request(), by=case.officer),
    "data_request.refused": lambda case: privacy.refuse_request(
        request_id=case.data_request(), reason="It is written so.", by=case.officer
    ),
    "import.finished": lambda case: case.import_list(wanted="finished"),
    "import.failed": lambda case: case.import_list(wanted="failed"),
    "export.finished": Case.export,
    "export.failed": lambda case: case.export(attempts=0),
}
