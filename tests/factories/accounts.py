"""Users, organisations and memberships with valid defaults."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Invitation, Membership, Organisation, User
from accounts.models.invitations import GOOD_FOR
from accounts.principals import Principal

PASSWORD = "correct horse battery"


def tax_code(serial: int) -> str:
    """A Vietnamese tax code with a right check digit, different for every serial below a million."""
    for body in range(serial * 100, serial * 100 + 100):
        digits = [int(digit) for digit in f"{body:09d}"]
        check = 10 - sum(w * d for w, d in zip((31, 29, 23, 19, 17, 13, 7, 5, 3), digits, strict=True)) % 11
        if check < 10:
            return f"{body:09d}{check}"
    raise AssertionError("some of a hundred bodies has a check digit")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@firm.example")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    phone = factory.Sequence(lambda n: f"+8490{n:07d}")
    language = "en"
    password = factory.django.Password(PASSWORD)

    @factory.post_generation  # type: ignore[untyped-decorator]
    def confirmed(user: User, create: bool, wanted: bool | None, **kwargs: object) -> None:  # noqa: N805
        """The address is confirmed, unless `confirmed=False`."""
        if create and wanted is not False:
            user.confirm_email()


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    kind = Organisation.Kind.SUPPLIER
    legal_name = factory.Sequence(lambda n: f"Công ty TNHH Cơ khí {n}")
    trade_name = factory.Sequence(lambda n: f"Mechanics {n}")
    tax_code = factory.Sequence(lambda n: tax_code(n + 500_001))  # tests name small ones


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Membership.Role.OWNER


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda n: f"invited{n}@firm.example")
    role = Membership.Role.VIEWER
    expires_at = factory.LazyFunction(lambda: timezone.now() + GOOD_FOR)


def member(kind: str = "supplier", role: str = "owner", organisation: Organisation | None = None) -> Principal:
    """A person who acts for an organisation of that kind, a new one unless given."""
    organisation = organisation or OrganisationFactory.create(kind=kind)
    user = UserFactory.create(is_staff=organisation.kind == "agency")
    return Principal.of_member(MembershipFactory.create(user=user, organisation=organisation, role=role))
