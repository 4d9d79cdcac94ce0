"""Standing requirements: each side is told once of what it may see."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.principals import Principal
from buyers.models import Buyer, RequirementAudience
from matchmaking import services
from matchmaking.models import Connection, MatchPair, SavedSearch, SearchFinding
from notifications.models import Delivery, Event
from privacy.retention import forget_what_is_no_longer_needed
from suppliers.models import Supplier
from tests.factories import matchmaking as make
from tests.factories.accounts import member
from tests.fixtures.mail import SmtpInbox
from tests.fixtures.worker import StartWorker
from tests.matchmaking.standing.scene import asked, firm, found, pairs, settle


@pytest.mark.django_db
class TestTelling:
    def test_the_buyer_hears_of_the_best_first(self, buyer: Principal) -> None:
        requirement = asked(buyer, title="Shaft")
        good, better = firm(level=1), firm(level=3)

        settle()

        (event,) = Event.objects.filter(topic="match.found")
        assert (event.subject, event.audience) == (requirement.public_id, [buyer.organisation_id])
        assert buyer.user is not None
        assert event.people == [buyer.user.pk]
        assert event.payload == {
            "requirement_title": "Shaft",
            "count": 2,
            "names": [str(better), str(good)],
            "suppliers": [better.public_id, good.public_id],
        }

    def test_a_supplier_hears_once_of_all_requirements(self) -> None:
        owner = member("supplier")
        requirements = [asked(title=title, alert_min_score=0.1) for title in ("Shaft", "Bolt")]
        supplier = firm(organisation=owner.organisation)

        settle()

        (event,) = Event.objects.filter(topic="opportunity.found")
        assert (event.subject, event.audience) == (supplier.public_id, [supplier.organisation_id])
        assert event.payload["count"] == 2
        assert sorted(event.payload["titles"]) == ["Bolt", "Shaft"]
        assert sorted(event.payload["requirements"]) == sorted(each.public_id for each in requirements)

    def test_nobody_is_told_twice_whatever_leaves_and_comes_back(self) -> None:
        asked()
        supplier = firm()
        settle()
        for _ in range(2):
            for state in ("suspended", "published"):
                Supplier.objects.filter(pk=supplier.pk).update(state=state)
                settle()

        assert found() == [[supplier.public_id]]
        assert len(found("opportunity.found", "requirements")) == 1

    def test_a_pair_that_was_away_for_a_month_is_news_again(self, settings: Settings) -> None:
        asked()
        supplier = firm()
        settle()
        Supplier.objects.filter(pk=supplier.pk).update(state="suspended")
        settle()
        MatchPair.objects.update(left_at=timezone.now() - timedelta(days=settings.KEPT_DAYS["match_pairs"], hours=1))
        assert forget_what_is_no_longer_needed()["match_pairs"] == 2

        Supplier.objects.filter(pk=supplier.pk).update(state="published")
        settle()

        assert found() == [[supplier.public_id]] * 2

    def test_news_of_a_requirement_wait_until_its_hour_is_over(self, settings: Settings) -> None:
        settings.MATCHES_TOLD_EVERY = timedelta(hours=1)
        asked()
        first = firm()
        settle()
        second, third = firm(), firm()
        settle()
        assert found() == [[first.public_id]]

        MatchPair.objects.filter(told_at__isnull=False).update(told_at=timezone.now() - timedelta(hours=1, seconds=1))
        services.tell_of_matches()

        assert [sorted(each) for each in found()] == [[first.public_id], sorted([second.public_id, third.public_id])]

    @pytest.mark.parametrize("visibility", ["matched", "anonymous"])
    def test_a_supplier_hears_of_a_hidden_requirement_only_when_it_may_see_it(self, visibility: str) -> None:
        requirement, supplier = asked(visibility=visibility), firm()
        settle()
        assert (len(found()), found("opportunity.found", "requirements")) == (1, [])

        RequirementAudience.objects.create(requirement=requirement, organisation=supplier.organisation, reason="match")
        settle()
        settle()

        assert found("opportunity.found", "requirements") == [[requirement.public_id]]
        assert requirement.buyer.organisation.legal_name not in str(Event.objects.latest("pk").payload)

    def test_of_a_suspended_buyer_nobody_hears_until_it_is_reinstated(self) -> None:
        requirement = asked()
        firm()
        Buyer.objects.update(state="suspended")
        settle()
        assert not Event.objects.exists()

        Buyer.objects.filter(pk=requirement.buyer_id).update(state="verified")
        settle()

        assert (len(found()), len(found("opportunity.found", "requirements"))) == (1, 1)

    def test_who_talk_already_are_told_nothing(self) -> None:
        requirement, supplier = asked(), firm()
        make.ConnectionFactory.create(requirement=requirement, supplier=supplier)

        settle()

        assert not Event.objects.filter(topic__in=("match.found", "opportunity.found")).exists()
        assert Connection.objects.count() == 1

    def test_whose_search_tells_of_the_matches_is_told_by_it_alone(self, buyer: Principal) -> None:
        requirement = asked(buyer)
        colleague = member(organisation=buyer.organisation)
        values = {"name": "Shafts", "kind": "matches", "requirement": requirement, "alert": "daily"}
        services.save_search(values=values, by=buyer)
        firm()

        settle()

        (event,) = Event.objects.filter(topic="match.found")
        assert colleague.user is not None
        assert event.people == [colleague.user.pk]

    def test_who_was_told_of_the_requirement_by_a_search_is_not_told_again(self) -> None:
        owner = member("supplier")
        supplier = firm(organisation=owner.organisation)
        settle()
        services.save_search(values={"name": "All", "kind": "requirements", "alert": "at_once"}, by=owner)
        requirement = asked()
        services.look_at_changes()
        assert SearchFinding.objects.filter(thing_id=requirement.pk).count() == 1

        settle()

        assert found("opportunity.found", "requirements") == [[requirement.public_id]]
        assert Event.objects.get(topic="opportunity.found").people == []
        assert SavedSearch.objects.count() == 1
        assert supplier.organisation_id == owner.organisation_id


@pytest.mark.django_db(transaction=True)
def test_a_worker_tells_both_sides_of_a_match(start_worker: StartWorker, smtp_inbox: SmtpInbox) -> None:
    buyer, owner = member("buyer"), member("supplier")
    make.verified_buyer(buyer.organisation)
    requirement = asked(buyer, title="Shaft, 20 mm")
    worker = start_worker(MATCHES_SETTLE_SECONDS="0")

    supplier = firm(organisation=owner.organisation)
    worker.wait_until(lambda: Delivery.objects.filter(channel="email", state="done").count() == 2)

    told = {str(message["To"]): str(message["Subject"]).replace("\n", "") for message in smtp_inbox.messages}
    assert buyer.user is not None
    assert owner.user is not None
    assert told.keys() == {buyer.user.email, owner.user.email}
    assert pairs() == pairs("supplier") == {(requirement.pk, supplier.pk)}
    assert found() == [[supplier.public_id]]
    assert found("opportunity.found", "requirements") == [[requirement.public_id]]
