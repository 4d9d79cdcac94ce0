"""Who is asking: the person or the software behind a request, and the organisation it acts for."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Membership, Organisation, User
from config.errors import NotAllowedError


@dataclass(frozen=True, kw_only=True)
class Principal:
    """The caller of a service or reader of a queryset. Nobody at all is `ANONYMOUS`."""

    user: User | None = None
    organisation: Organisation | None = None
    role: str | None = None
    api_key: ApiKey | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)

    @property
    def organisation_id(self) -> int | None:
        return self.organisation.pk if self.organisation else None

    @property
    def caller_id(self) -> str | None:
        """Public id of the API key or the person; None of nobody."""
        caller = self.api_key or self.user
        return caller.public_id if caller else None

    @property
    def is_anonymous(self) -> bool:
        return self.user is None and self.api_key is None

    @property
    def kind(self) -> str | None:
        """`supplier`, `buyer` or `agency`; None while the person belongs to no organisation."""
        return self.organisation.kind if self.organisation else None

    @property
    def is_staff(self) -> bool:
        """Acts for the agency that runs the programme."""
        return self.kind == Organisation.Kind.AGENCY

    @property
    def is_supplier(self) -> bool:
        return self.kind == Organisation.Kind.SUPPLIER

    @property
    def is_buyer(self) -> bool:
        return self.kind == Organisation.Kind.BUYER

    @property
    def is_verified_buyer(self) -> bool:
        """Acts for a buyer for which staff vouch."""
        return self.is_buyer and self.organisation is not None and self.organisation.verified_at is not None

    @property
    def is_owner(self) -> bool:
        """A person who runs the organisation; software never is."""
        return self.role == Membership.Role.OWNER and self.api_key is None

    @property
    def can_write(self) -> bool:
        """May change the organisation's own records. Keys of the agency never may."""
        if self.api_key is not None:
            return ApiKey.Scope.WRITE in self.scopes and not self.is_staff
        return self.role in (Membership.Role.OWNER, Membership.Role.EDITOR)

    @classmethod
    def of_member(cls, membership: Membership, *, user: User | None = None) -> "Principal":
        """A member; give `user` where it is at hand, to spare a query."""
        return cls(user=user or membership.user, organisation=membership.organisation, role=membership.role)

    @classmethod
    def of_staff(cls, user: User) -> "Principal":
        """A person of the agency, as the admin's pages need one.

        Raises:
            NotAllowedError: the person is not of the agency, superuser or not.
        """
        of_agency = user.memberships.filter(organisation__kind=Organisation.Kind.AGENCY)
        membership = of_agency.select_related("organisation").order_by("pk").first()
        if membership is None:
            raise NotAllowedError(_("Only members of the agency act here. Let an owner of the agency invite you."))
        return cls.of_member(membership, user=user)

    @classmethod
    def of_key(cls, api_key: ApiKey) -> "Principal":
        return cls(organisation=api_key.organisation, api_key=api_key, scopes=frozenset(api_key.scopes))

    @classmethod
    def anew(
        cls, *, user: User | None, organisation: Organisation | None, api_key: ApiKey | None
    ) -> "Principal | None":
        """Who asked for work that is done later, with the rights of now.

        None where there are none any more: the person has left the organisation or is no longer active, or the key was
        revoked or has expired.
        """
        if api_key is not None:
            return cls.of_key(api_key) if api_key.is_usable else None
        if user is None or not user.is_active:
            return None
        if organisation is None:
            return cls(user=user)
        membership = user.memberships.filter(organisation=organisation).select_related("organisation").first()
        return cls.of_member(membership, user=user) if membership else None


ANONYMOUS = Principal()


def anonymous() -> Principal:
    """For DRF, which calls this when no credentials are sent."""
    return ANONYMOUS
