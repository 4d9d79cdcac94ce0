"""Asking people to join an organisation, at /api/v1/invitations and /me/invitations."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import ApiKey, Invitation, Membership, User
from accounts.principals import Principal
from accounts.services import expire_lapsed_invitations, invite, issue_api_key
from notifications.invitations import send_invitation
from notifications.models import Event
from notifications.relay import fan_out_all, react_to_due
from tests.conftest import ClientFor
from tests.factories.accounts import InvitationFactory, MembershipFactory, UserFactory, member
from tests.fixtures.mail import SmtpInbox

pytestmark = pytest.mark.django_db
URL = "/api/v1/invitations"
MINE = "/api/v1/me/invitations"


def post(client: APIClient, email: Any, role: Any = "editor") -> Any:
    return client.post(URL, {"email": email, "role": role}, format="json")


def act(client: APIClient, invitation: Invitation, verb: str) -> Any:
    return client.post(f"{URL}/{invitation.public_id}/{verb}", {}, format="json")


def person(**fields: Any) -> Principal:
    return Principal(user=UserFactory.create(**fields))


def problem(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_the_answer_is_the_same_whether_the_address_has_an_account_or_not(client_for: ClientFor) -> None:
    owner, known = member(), UserFactory.create(email="lan@firm.example", full_name="Lan")

    bodies = [post(client_for(owner), email).json() for email in (" LAN@firm.example ", "nobody@firm.example")]

    assert owner.organisation is not None
    assert owner.user is not None
    first = Invitation.objects.get(email="lan@firm.example")
    assert bodies[0] == {
        "id": first.public_id,
        "organisation": {
            "id": owner.organisation.public_id,
            "kind": "supplier",
            "legal_name": owner.organisation.legal_name,
            "trade_name": owner.organisation.trade_name,
        },
        "email": "lan@firm.example",
        "role": "editor",
        "inviter": owner.user.full_name,
        "state": "pending",
        "created_at": bodies[0]["created_at"],
        "expires_at": bodies[0]["expires_at"],
        "decided_at": None,
    }
    for name in ("id", "email", "created_at", "expires_at"):
        assert bodies[0].pop(name) != bodies[1].pop(name)
    assert bodies[0] == bodies[1]
    assert timedelta(days=13) < first.expires_at - timezone.now() <= timedelta(days=14)
    assert not Membership.objects.filter(user=known).exists()


def test_who_accepts_joins_and_goes_on_acting_for_the_same_organisation(client_for: ClientFor) -> None:
    invited = member("buyer")
    assert invited.user is not None
    invitation = InvitationFactory.create(email=invited.user.email, role="editor")
    client = client_for(invited)

    assert [row["id"] for row in client.get(MINE).json()["results"]] == [invitation.public_id]
    response = act(client, invitation, "accept")

    assert (response.status_code, response.json()["state"]) == (200, "accepted")
    joined = Membership.objects.get(user=invited.user, organisation=invitation.organisation)
    assert joined.role == "editor"
    assert client.get(MINE).json()["results"] == []
    me = client.get("/api/v1/me").json()
    assert invited.organisation is not None
    assert me["acting_for"] == invited.organisation.public_id
    assert problem(act(client, invitation, "accept")) == (409, "transition_not_allowed")
    assert list(Event.objects.order_by("pk").values_list("topic", flat=True)) == [
        "membership.added",
        "invitation.accepted",
    ]


def test_who_signs_up_later_with_the_address_finds_the_invitation(client_for: ClientFor) -> None:
    invitation = InvitationFactory.create(email="later@firm.example")
    unconfirmed = UserFactory.create(email="later@firm.example", confirmed=False)
    client = client_for(Principal(user=unconfirmed))

    assert client.get(MINE).json()["results"] == []
    assert act(client, invitation, "accept").status_code == 404
    assert Membership.objects.count() == 0
    unconfirmed.confirm_email()
    assert [row["id"] for row in client.get(MINE).json()["results"]] == [invitation.public_id]
    assert act(client, invitation, "accept").status_code == 200


def test_who_declines_does_not_join(client_for: ClientFor) -> None:
    invited = person()
    assert invited.user is not None
    invitation = InvitationFactory.create(email=invited.user.email)

    assert act(client_for(invited), invitation, "decline").json()["state"] == "declined"

    assert Membership.objects.count() == 0
    assert problem(act(client_for(invited), invitation, "accept")) == (409, "transition_not_allowed")


def test_nobody_else_answers_not_even_who_invited(client_for: ClientFor) -> None:
    owner, stranger = member(), member()
    invitation = invite(email="lan@firm.example", role="owner", by=owner)

    for verb in ("accept", "decline"):
        assert problem(act(client_for(owner), invitation, verb)) == (403, "not_invited")
        assert act(client_for(stranger), invitation, verb).status_code == 404
    invitation.refresh_from_db()
    assert (invitation.state, invitation.version) == ("pending", 1)


def test_an_invitation_can_be_taken_back_and_ends_after_a_fortnight(client_for: ClientFor) -> None:
    owner, invited = member(), person()
    assert invited.user is not None
    withdrawn = invite(email=invited.user.email, role="viewer", by=owner)
    assert act(client_for(owner), withdrawn, "withdraw").json()["state"] == "withdrawn"
    assert problem(act(client_for(invited), withdrawn, "accept")) == (409, "transition_not_allowed")

    late = invite(email=invited.user.email, role="viewer", by=owner)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    assert problem(act(client_for(invited), late, "accept")) == (409, "invitation_expired")
    assert client_for(invited).get(MINE).json()["results"] == []
    assert expire_lapsed_invitations() == 1
    assert expire_lapsed_invitations() == 0
    late.refresh_from_db()
    assert late.state == "expired"
    assert Membership.objects.count() == 1


def test_an_address_is_invited_once_and_not_nagged(client_for: ClientFor) -> None:
    owner = member()
    client = client_for(owner)

    first = post(client, "lan@firm.example")
    again = post(client, "LAN@firm.example", "owner")
    assert problem(again) == (409, "already_exists")
    assert again.json()["existing"] == first["Location"]

    Invitation.objects.update(expires_at=timezone.now())  # nobody has marked it as expired yet
    for _ in range(2):
        another = post(client, "lan@firm.example")
        assert another.status_code == 201
        client.post(f"{another['Location']}/withdraw", {}, format="json")
    assert problem(post(client, "lan@firm.example")) == (409, "invited_often")
    assert Invitation.objects.count() == 3
    assert post(client_for(member()), "lan@firm.example").status_code == 201


def test_a_member_is_invited_only_to_become_an_owner(client_for: ClientFor) -> None:
    owner = member()
    colleague = MembershipFactory.create(organisation=owner.organisation, role="viewer")

    refused = post(client_for(owner), colleague.user.email, "editor")
    assert problem(refused) == (409, "already_exists")
    assert refused.json()["existing"] == f"/api/v1/memberships/{colleague.public_id}"
    promotion = client_for(owner).patch(
        f"/api/v1/memberships/{colleague.public_id}", {"role": "owner"}, format="json", headers={"if-match": "*"}
    )
    assert problem(promotion) == (409, "invitation_needed")
    colleague.refresh_from_db()
    assert (colleague.role, colleague.version) == ("viewer", 1)

    assert post(client_for(owner), colleague.user.email, "owner").status_code == 201
    act(client_for(Principal.of_member(colleague)), Invitation.objects.get(), "accept")
    colleague.refresh_from_db()
    assert colleague.role == "owner"
    assert problem(post(client_for(owner), colleague.user.email, "owner")) == (409, "already_exists")


@pytest.mark.parametrize(("invited_kind", "inviting_kind"), [("agency", "buyer"), ("supplier", "agency")])
def test_people_of_the_agency_and_of_firms_stay_apart_and_only_they_learn_why(
    client_for: ClientFor, invited_kind: str, inviting_kind: str
) -> None:
    invited, owner = member(invited_kind), member(inviting_kind)
    assert invited.user is not None

    assert post(client_for(owner), invited.user.email).status_code == 201
    invitation = Invitation.objects.get()

    assert problem(act(client_for(invited), invitation, "accept")) == (409, "agency_apart")
    invitation.refresh_from_db()
    assert invitation.state == "pending"
    assert Membership.objects.count() == 2
    assert User.objects.get(pk=invited.user.pk).is_staff is (invited_kind == "agency")
    assert act(client_for(invited), invitation, "decline").status_code == 200


def test_who_joins_the_agency_may_enter_the_admin(client_for: ClientFor) -> None:
    invited = person()
    assert invited.user is not None
    invite(email=invited.user.email, role="editor", by=member("agency"))

    act(client_for(invited), Invitation.objects.get(), "accept")

    assert User.objects.get(pk=invited.user.pk).is_staff


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_is_no_owner_invites_nobody_and_sees_no_invitations(client_for: ClientFor, role: str) -> None:
    actor = member(role=role)
    invitation = InvitationFactory.create(organisation=actor.organisation)
    client = client_for(actor)

    assert problem(post(client, "lan@firm.example")) == (403, "owners_only")
    assert act(client, invitation, "withdraw").status_code == 404
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}/{invitation.public_id}").status_code == 404
    assert Invitation.objects.count() == 1


def test_who_belongs_nowhere_and_software_invite_nobody(client_for: ClientFor) -> None:
    api_key, _key = issue_api_key(name="ERP", scopes=["write"], by=member())

    for nobody in (person(), Principal.of_key(api_key)):
        assert problem(post(client_for(nobody), "lan@firm.example")) == (403, "owners_only")
    assert problem(client_for(Principal.of_key(api_key)).get(MINE)) == (403, "person_required")
    assert Invitation.objects.count() == 0


NO_ADDRESSES: list[Any] = ["a\x00@b.example", "x" * 1_000_000, "", None, 7, [], {}, "lаn@firm.example"]
NO_ROLES: list[Any] = ["boss", "", None, 7, {}, "owner\x00"]


@pytest.mark.parametrize(
    ("email", "role"),
    [*((email, "editor") for email in NO_ADDRESSES), *(("a@b.example", role) for role in NO_ROLES)],
)
def test_what_is_no_address_or_role_is_refused(client_for: ClientFor, email: Any, role: Any) -> None:
    assert post(client_for(member()), email, role).status_code == 400
    assert Invitation.objects.count() == 0


def test_an_organisation_and_a_person_invite_only_so_often(client_for: ClientFor, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "invitation": "2/hour"}
    owner = member()
    other = MembershipFactory.create(user=owner.user, organisation=member().organisation)

    assert [post(client_for(owner), f"a{n}@firm.example").status_code for n in range(3)] == [201, 201, 429]
    assert post(client_for(Principal.of_member(other)), "b@firm.example").status_code == 429
    assert Invitation.objects.count() == 2


def test_the_message_says_who_invites_whereto_as_what_and_how_to_answer(smtp_inbox: SmtpInbox) -> None:
    owner = member()
    assert owner.user is not None
    assert owner.organisation is not None
    owner.organisation.legal_name = "Công ty TNHH Phú Tùng\r\nBcc: x@y.example"
    owner.organisation.save()

    invitation = invite(email="lan@firm.example", role="editor", by=owner)
    fan_out_all()
    react_to_due()
    react_to_due()

    (message,) = smtp_inbox.to("lan@firm.example")
    name = "Công ty TNHH Phú Tùng Bcc: x@y.example"
    assert str(message["Subject"]) == f"Lời mời tham gia {name} / Invitation to join {name}"
    part = message.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert f"{owner.user.full_name} invites you to join {name} as editor" in text
    assert f"{owner.user.full_name} mời Quý vị tham gia {name} với vai trò người chỉnh sửa" in text
    assert text.count("/accounts/home/") == text.count("/accounts/signup/") == 2
    assert text.count(f"POST /api/v1/invitations/{invitation.public_id}/accept") == 2
    assert "Nothing happens unless you accept" in text


def test_staff_invite_into_a_firm_in_the_agency_s_name_and_what_was_taken_back_is_not_sent(
    smtp_inbox: SmtpInbox,
) -> None:
    officer, firm = member("agency", "editor"), member()
    assert officer.organisation is not None
    assert firm.organisation is not None
    kept = invite(email="lan@firm.example", role="owner", organisation_id=firm.organisation.pk, by=officer)
    gone = invite(email="hung@firm.example", role="owner", organisation_id=firm.organisation.pk, by=officer)
    Invitation.objects.filter(pk=gone.pk).update(state="withdrawn", decided_at=timezone.now())

    for invitation in (kept, gone):
        send_invitation(Event.objects.get(topic="invitation.created", subject=invitation.public_id).public_id)

    (message,) = smtp_inbox.messages
    part = message.get_body(("plain",))
    assert part is not None
    assert f"({officer.organisation.legal_name}) invites you" in part.get_content()


def test_the_only_member_leaves_and_nothing_of_the_organisation_goes_on_by_itself(client_for: ClientFor) -> None:
    owner = member()
    issue_api_key(name="ERP", scopes=["read"], by=owner)
    invitation = invite(email="lan@firm.example", role="owner", by=owner)
    own = Membership.objects.get(user=owner.user)

    left = client_for(owner).delete(f"/api/v1/memberships/{own.public_id}", headers={"if-match": "*"})

    assert left.status_code == 204
    invitation.refresh_from_db()
    assert invitation.state == "withdrawn"
    assert ApiKey.objects.get().revoked_at is not None


@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize("url", [URL, MINE])
def test_lists_take_one_query_however_long(
    client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries, url: str, rows: int
) -> None:
    owner = member()
    assert owner.user is not None
    fields = {"organisation": owner.organisation} if url == URL else {"email": owner.user.email}
    InvitationFactory.create_batch(rows, **fields)

    with django_assert_num_queries(1):
        response = client_for(owner).get(url)

    assert len(response.json()["results"]) == rows
