"""What follows a contract: delivery reports that make a track record, awards, and outcomes after a year."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Disclosure
from buyers.models import Buyer, Requirement
from matchmaking import catalogue, services
from matchmaking.models import Connection, DeliveryReport, Outcome
from notifications.models import Event
from suppliers.models import SupplierChange
from tests.conftest import ClientFor
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.matchmaking.connections.scene import URL, Sides, post, row_of

MONTH = date(2026, 3, 1)


def contract(sides: Sides, **fields: Any) -> Connection:
    dates = {"contract_starts_on": date(2026, 1, 15), "outcome_due_on": date(2027, 1, 15)}
    return make.ConnectionFactory.create(
        requirement=sides.requirement, supplier=sides.firm, state="contract", **(dates | fields)
    )


def reports_of(connection: Connection, *rest: str) -> str:
    return "/".join([f"{URL}/{connection.public_id}/delivery-reports", *rest])


def confirmed(connection: Connection, deliveries: int, *, good: int) -> None:
    DeliveryReport.objects.create(
        connection=connection,
        month=MONTH,
        deliveries=deliveries,
        good=good,
        state="confirmed",
        decided_at=timezone.now(),
    )


def track_record_of(sides: Sides) -> tuple[float | None, float | None] | None:
    """As rankings read it."""
    (record,) = (each.track_record for each in catalogue.current().records() if each.id == sides.firm.public_id)
    return None if record is None else (record.deliveries, record.good)


@pytest.mark.django_db
class TestDeliveries:
    def test_what_the_buyer_confirms_makes_the_track_record(self, sides: Sides, client_for: ClientFor) -> None:
        connection = contract(sides)
        make.capability(sides.firm)
        body = {"month": "2026-03-17", "deliveries": 20, "good": 19}

        added = post(client_for(sides.supplier), reports_of(connection), body)
        before = track_record_of(sides)
        confirmed = post(client_for(sides.buyer), f"{added['Location']}/confirm")
        after = track_record_of(sides)

        assert (added.status_code, added.json()["state"], added.json()["month"]) == (201, "reported", "2026-03-01")
        assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
        assert (before, after) == (None, (20.0, 19.0))
        assert [(event.topic, event.audience) for event in Event.objects.order_by("pk")] == [
            ("delivery_report.added", [sides.buyer.organisation_id]),
            ("delivery_report.confirmed", [sides.supplier.organisation_id]),
        ]

    def test_a_change_of_a_report_is_a_change_of_the_firm(self, sides: Sides) -> None:
        connection = contract(sides)
        changed_before = SupplierChange.objects.filter(supplier_id=sides.firm.pk).values_list("changed_in", flat=True)
        SupplierChange.objects.filter(supplier_id=sides.firm.pk).update(changed_in=1)

        services.report_deliveries(connection_id=connection.pk, month=MONTH, deliveries=2, good=1, by=sides.buyer)

        assert changed_before.get() > 1

    def test_a_disputed_report_counts_no_more_and_the_month_is_free(self, sides: Sides) -> None:
        connection = contract(sides)
        make.capability(sides.firm)
        report = services.report_deliveries(
            connection_id=connection.pk, month=MONTH, deliveries=4, good=4, by=sides.buyer
        )
        assert track_record_of(sides) == (4.0, 4.0)

        services.dispute_deliveries(report_id=report.pk, reason="Nhầm tháng", by=sides.buyer)

        assert track_record_of(sides) is None
        services.report_deliveries(connection_id=connection.pk, month=MONTH, deliveries=5, good=3, by=sides.buyer)
        assert track_record_of(sides) == (5.0, 3.0)

    def test_one_buyer_s_great_number_does_not_outweigh_the_others(self, sides: Sides) -> None:
        connection, other = contract(sides), Sides()
        make.capability(sides.firm)
        again = make.ConnectionFactory.create(
            requirement=make.requirement(sides.requirement.buyer), supplier=sides.firm, state="contract"
        )
        theirs = make.ConnectionFactory.create(requirement=other.requirement, supplier=sides.firm, state="contract")
        confirmed(connection, 99_000, good=49_000)
        confirmed(again, 1_000, good=1_000)
        confirmed(theirs, 249, good=248)

        assert track_record_of(sides) == (250 + 249, 125 + 248)

    def test_up_to_that_number_each_delivery_counts(self, sides: Sides) -> None:
        connection = contract(sides)
        make.capability(sides.firm)
        confirmed(connection, 250, good=249)

        assert track_record_of(sides) == (250.0, 249.0)

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({"month": "2026-03-01", "deliveries": 3, "good": 4}, "/good", "max_value"),
            ({"month": "2025-12-31", "deliveries": 3, "good": 3}, "/month", "before_the_contract"),
            ({"month": "2190-01-01", "deliveries": 3, "good": 3}, "/month", "in_the_future"),
            ({"month": "2026-03-01", "deliveries": 0, "good": 0}, "/deliveries", "min_value"),
            ({"month": "2026-03-01", "deliveries": 100_001, "good": 0}, "/deliveries", "max_value"),
        ],
    )
    def test_figures_that_cannot_be_are_refused(
        self, sides: Sides, client_for: ClientFor, body: dict[str, Any], pointer: str, code: str
    ) -> None:
        connection = contract(sides)

        response = post(client_for(sides.supplier), reports_of(connection), body)

        assert response.status_code == 400
        assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [(pointer, code)]
        assert not DeliveryReport.objects.exists()

    def test_a_month_is_reported_once(self, sides: Sides, client_for: ClientFor) -> None:
        connection, body = contract(sides), {"month": "2026-03-01", "deliveries": 3, "good": 3}
        first = post(client_for(sides.supplier), reports_of(connection), body)

        again = post(client_for(sides.buyer), reports_of(connection), body)

        assert (again.status_code, again.json()["code"]) == (409, "already_exists")
        assert again.json()["existing"] == first["Location"]
        assert DeliveryReport.objects.get().state == "reported"

    def test_without_a_contract_nothing_is_reported(self, sides: Sides, client_for: ClientFor) -> None:
        trial = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state="trial")

        response = post(
            client_for(sides.supplier), reports_of(trial), {"month": "2026-03-01", "deliveries": 3, "good": 3}
        )

        assert (response.status_code, response.json()["code"]) == (409, "no_contract")
        assert not DeliveryReport.objects.exists()

    @pytest.mark.parametrize("who", ["supplier", "agency"])
    def test_only_the_buyer_confirms(self, sides: Sides, client_for: ClientFor, who: str) -> None:
        connection = contract(sides)
        report = services.report_deliveries(
            connection_id=connection.pk, month=MONTH, deliveries=2, good=2, by=sides.supplier
        )
        caller = sides.supplier if who == "supplier" else member("agency")

        response = post(client_for(caller), reports_of(connection, report.public_id, "confirm"))

        assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
        report.refresh_from_db()
        assert report.state == "reported"

    def test_a_suspended_buyer_confirms_nothing(self, sides: Sides, client_for: ClientFor) -> None:
        connection = contract(sides)
        report = services.report_deliveries(
            connection_id=connection.pk, month=MONTH, deliveries=2, good=2, by=sides.supplier
        )
        Buyer.objects.update(state="suspended")

        response = post(client_for(sides.buyer), reports_of(connection, report.public_id, "confirm"))

        assert response.status_code == 403
        report.refresh_from_db()
        assert report.state == "reported"

    def test_a_second_decision_is_refused(self, sides: Sides, client_for: ClientFor) -> None:
        connection = contract(sides)
        report = services.report_deliveries(
            connection_id=connection.pk, month=MONTH, deliveries=2, good=2, by=sides.buyer
        )

        response = post(client_for(sides.buyer), reports_of(connection, report.public_id, "confirm"))

        assert (response.status_code, response.json()["code"]) == (409, "transition_not_allowed")


@pytest.mark.django_db
class TestAwarding:
    BODY = {"to": "contract", "value_band": "10_to_50", "starts_on": "2027-01-01", "award": True}

    def advance(self, connection: Connection) -> str:
        return f"{URL}/{connection.public_id}/advance"

    def test_the_buyer_awards_its_requirement_with_the_contract(self, sides: Sides, client_for: ClientFor) -> None:
        trial = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state="trial")

        answer = post(client_for(sides.buyer), self.advance(trial), self.BODY)

        sides.requirement.refresh_from_db()
        assert (answer.status_code, answer.json()["state"]) == (200, "contract")
        assert sides.requirement.state == "awarded"
        told = Event.objects.order_by("pk").values_list("topic", "subject", "actor")
        assert list(told) == [
            ("connection.contracted", trial.public_id, sides.buyer.user and sides.buyer.user.pk),
            ("requirement.awarded", sides.requirement.public_id, sides.buyer.user and sides.buyer.user.pk),
        ]

    def test_a_second_contract_for_an_awarded_requirement_awards_nothing_anew(
        self, sides: Sides, client_for: ClientFor
    ) -> None:
        trial = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state="trial")
        Requirement.objects.update(state="awarded")

        assert post(client_for(sides.buyer), self.advance(trial), self.BODY).status_code == 200
        assert list(Event.objects.values_list("topic", flat=True)) == ["connection.contracted"]

    @pytest.mark.parametrize("award", [{}, {"award": False}])
    def test_unless_it_says_so_the_requirement_stays_open(
        self, sides: Sides, client_for: ClientFor, award: dict[str, bool]
    ) -> None:
        trial = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state="trial")
        body = {name: value for name, value in self.BODY.items() if name != "award"} | award

        assert post(client_for(sides.buyer), self.advance(trial), body).status_code == 200
        sides.requirement.refresh_from_db()
        assert sides.requirement.state == "open"

    @pytest.mark.parametrize(
        ("who", "state", "body", "refusal"),
        [
            ("supplier", "open", {}, (403, "not_allowed")),
            ("buyer", "withdrawn", {}, (409, "transition_not_allowed")),
            ("buyer", "open", {"to": "sample", "value_band": "", "starts_on": None}, (400, "not_of_this_stage")),
        ],
    )
    def test_what_cannot_be_awarded_is_refused_and_nothing_moves(
        self, sides: Sides, client_for: ClientFor, who: str, state: str, body: Any, refusal: tuple[int, str]
    ) -> None:
        accepted = make.ConnectionFactory.create(requirement=sides.requirement, supplier=sides.firm, state="accepted")
        Requirement.objects.update(state=state)
        before = row_of(accepted)
        wish = {name: value for name, value in (self.BODY | body).items() if value not in ("", None)}

        answer = post(client_for(getattr(sides, who)), self.advance(accepted), wish)

        assert (answer.status_code, answer.json()["code"]) == refusal
        assert row_of(accepted) == before
        assert Requirement.objects.get().state == state
        assert not Event.objects.exists()


@pytest.mark.django_db
class TestOutcomes:
    def test_both_sides_are_asked_after_a_year_and_each_year_anew(self, sides: Sides) -> None:
        connection = sides.request()
        services.accept_connection(connection_id=connection.pk, by=sides.supplier)
        services.advance_connection(
            connection_id=connection.pk,
            to="contract",
            value_band="under_10",
            starts_on=date(2027, 2, 1),
            by=sides.buyer,
        )
        ask = services.ask_for_outcomes

        assert [ask(today=date(2028, 1, 31)), ask(today=date(2028, 2, 1)), ask(today=date(2028, 2, 2))] == [0, 1, 0]
        with time_machine.travel("2028-02-03T08:00:00Z", tick=False):
            services.tell_outcome(connection_id=connection.pk, status="ongoing", by=sides.supplier)
        assert [ask(today=date(2029, 1, 31)), ask(today=date(2029, 3, 9)), ask(today=date(2029, 3, 9))] == [0, 1, 0]

        both = sorted([sides.buyer.organisation_id or 0, sides.supplier.organisation_id or 0])
        assert [event.audience for event in Event.objects.filter(topic="connection.outcome_asked")] == [both, both]
        assert row_of(connection)["outcome_due_on"] == date(2029, 2, 1)

    def test_who_does_not_answer_is_asked_once_more_after_two_weeks(self, sides: Sides) -> None:
        connection, ask = contract(sides), services.ask_for_outcomes
        days = [date(2027, 1, 15), date(2027, 1, 28), date(2027, 1, 29), date(2027, 1, 30), date(2027, 12, 31)]

        assert [ask(today=day) for day in days] == [1, 0, 1, 0, 0]

        assert Event.objects.filter(topic="connection.outcome_asked", subject=connection.public_id).count() == 2

    @pytest.mark.parametrize("status", ["ongoing", "ended"])
    def test_who_has_answered_is_not_asked_again(self, sides: Sides, status: str) -> None:
        connection = contract(sides)
        assert services.ask_for_outcomes(today=date(2027, 1, 15)) == 1
        with time_machine.travel("2027-01-20T08:00:00Z", tick=False):
            services.tell_outcome(connection_id=connection.pk, status=status, by=sides.supplier)

        assert services.ask_for_outcomes(today=date(2027, 2, 20)) == 0

    def test_what_has_ended_is_asked_about_no_more_and_contacts_close(
        self, sides: Sides, client_for: ClientFor
    ) -> None:
        connection = contract(sides)
        address = f"{URL}/{connection.public_id}/outcomes"

        told = post(client_for(sides.buyer), address, {"status": "ended", "value_band": "10_to_50", "note": "Hết mẫu"})
        dates = row_of(connection)["outcome_due_on"], list(Disclosure.objects.order_by("pk").values("until"))
        other = post(client_for(sides.supplier), address, {"status": "ongoing"})

        assert (told.status_code, told.json()["status"], told.json()["side"]) == (201, "ended", "buyer")
        assert (other.status_code, other.json()["status"], other.json()["side"]) == (201, "ongoing", "supplier")
        assert dates == (None, list(Disclosure.objects.order_by("pk").values("until")))
        assert row_of(connection)["outcome_due_on"] is None
        assert services.ask_for_outcomes(today=date(2040, 1, 1)) == 0
        grants = list(Disclosure.objects.filter(reason=connection.public_id))
        assert len(grants) == 2
        for grant in grants:
            assert grant.until is not None
            assert timedelta(days=89) < grant.until - timezone.now() <= timedelta(days=90)
        told_of = Event.objects.filter(topic="connection.outcome_told").order_by("pk")
        assert [event.audience for event in told_of] == [
            [sides.supplier.organisation_id],
            [sides.buyer.organisation_id],
        ]

    def test_of_what_is_no_contract_no_outcome_is_told(self, sides: Sides, client_for: ClientFor) -> None:
        connection = sides.request()

        refused = post(client_for(sides.buyer), f"{URL}/{connection.public_id}/outcomes", {"status": "ended"})

        assert (refused.status_code, refused.json()["code"]) == (409, "no_contract")
        assert Outcome.objects.count() == 0
