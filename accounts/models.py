"""Users, organisations, memberships, API keys and disclosures."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, ClassVar, Self

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_key
from config.models import Resource

if TYPE_CHECKING:
    from accounts.principals import Principal


EMAIL_MAX_LENGTH = 254
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class Language(models.TextChoices):
    VI = "vi", _("Vietnamese")
    EN = "en", _("English")


class UserManager(BaseUserManager["User"]):
    """Creates users who log in with their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """For the command `createsuperuser`: whoever may run it need not confirm the address."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        user.confirm_email()
        return user


class User(AbstractBaseUser, PermissionsMixin, Resource):
    """A person. What a person may do follows from the memberships."""

    PREFIX = "usr"

    email = models.EmailField(_("e-mail"), max_length=EMAIL_MAX_LENGTH, unique=True)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True, help_text=_("E.164, such as +842438123456."))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.VI)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    erased_at = models.DateTimeField(
        _("erased"), null=True, blank=True, editable=False, help_text=_("Since when the account names nobody.")
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_in_lower_case"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"), name="user_phone_is_e164"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def confirm_email(self) -> None:
        """Take the address as confirmed, so that the person can sign in with it."""
        EmailAddress.objects.update_or_create(user=self, primary=True, defaults={"email": self.email, "verified": True})

    @cached_property
    def role_in_agency(self) -> str | None:
        """Asked once for each object: the admin wants to know dozens of times for a page."""
        of_agency = self.memberships.filter(organisation__kind=Organisation.Kind.AGENCY).order_by("pk")
        return of_agency.values_list("role", flat=True).first()

    @property
    def has_confirmed_email(self) -> bool:
        return bool(EmailAddress.objects.filter(user=self, email=self.email, verified=True).exists())

    def anonymise(self) -> None:
        """Leave nothing of the person: what they did stays the act of an account without a name. Nobody signs in."""
        self.email = f"{self.public_id}@erased.invalid"
        self.full_name = self.phone = ""
        self.language = Language.VI
        self.is_active = self.is_staff = self.is_superuser = False
        self.last_login = None
        self.erased_at = timezone.now()
        self.set_unusable_password()
        self.save_next_version()

    def get_full_name(self) -> str:
        if self.erased_at is not None:
            return gettext("Erased person")
        return self.full_name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else their own organisations."""
        if principal.is_staff:
            return self
        if principal.user is not None:
            return self.filter(memberships__user=principal.user)
        return self.filter(pk=principal.organisation_id)

    def agency_ids(self) -> list[int]:
        """Ids of the organisations whose officers review and mediate."""
        return list(self.filter(kind=Organisation.Kind.AGENCY).values_list("pk", flat=True))


class Organisation(Resource):
    """A legal person that takes part: a supplier firm, a buyer, or the agency that runs the programme."""

    PREFIX = "org"

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        BUYER = "buyer", _("Buyer")
        AGENCY = "agency", _("Agency")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    legal_name = models.CharField(_("legal name"), max_length=250)
    trade_name = models.CharField(_("trade name"), max_length=250, blank=True)
    name_key = models.CharField(
        max_length=500, blank=True, editable=False, help_text=_("Names without accents, case and company form.")
    )
    country = models.CharField(_("country"), max_length=2, default="VN", help_text=_("ISO 3166-1 alpha-2."))
    tax_code = models.CharField(
        _("tax code"), max_length=20, blank=True, help_text=_("Vietnamese: 10 digits, or 10-3 for a dependent unit.")
    )
    tax_code_override = models.CharField(
        _("reason for a failed check digit"), max_length=250, blank=True, help_text=_("Only staff may set this.")
    )
    address = models.CharField(_("address"), max_length=500, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=150, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=16, blank=True, help_text=_("E.164."))
    second_factor_required = models.BooleanField(
        _("second factor required"),
        default=False,
        db_default=False,
        help_text=_("Its people get in only with a second factor."),
    )
    verified_at = models.DateTimeField(
        _("verified"), null=True, blank=True, editable=False, help_text=_("Since when staff vouch for it as a buyer.")
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "tax_code"], condition=~Q(tax_code=""), name="organisation_tax_code_used_once"
            ),
            models.CheckConstraint(
                condition=~Q(country="VN") | Q(tax_code="") | Q(tax_code__regex=r"^[0-9]{10}(-[0-9]{3})?$"),
                name="organisation_vietnamese_tax_code_has_10_or_13_digits",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="organisation_country_is_iso_3166"),
            models.CheckConstraint(condition=~Q(legal_name=""), name="organisation_has_a_name"),
        ]
        indexes = [
            GinIndex(OpClass(F("name_key"), name="gin_trgm_ops"), name="organisation_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.trade_name or self.legal_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.legal_name, self.trade_name)
        super().save(*args, **kwargs)

    @property
    def is_claimable(self) -> bool:
        """A firm that staff imported and nobody has taken over yet."""
        return self.kind == self.Kind.SUPPLIER and not self.memberships.exists()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else those of the organisation that they act for."""
        if principal.is_staff:
            return self
        return self.filter(organisation_id=principal.organisation_id)


class Membership(Resource):
    """A person's part in an organisation."""

    PREFIX = "mem"

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        EDITOR = "editor", _("Editor")
        VIEWER = "viewer", _("Viewer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.VIEWER)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once_per_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Keys of the caller's organisation, to its owners only."""
        if not principal.is_owner:
            return self.none()
        return self.filter(organisation_id=principal.organisation_id)

    def for_requests(self) -> Self:
        """Read with the organisation, each with what every request asks of it: a third of the columns."""
        of_organisation = ("public_id", "kind", "legal_name", "trade_name", "verified_at", "second_factor_required")
        return self.select_related("organisation").only(
            *("public_id", "visible_prefix", "secret_hash", "scopes", "allowed_networks", "expires_at", "revoked_at"),
            *("last_used_at", "last_used_from", *(f"organisation__{name}" for name in of_organisation)),
        )

    def live(self) -> Self:
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())

    def revocable_by(self, principal: "Principal") -> Self:
        """Staff may end any key."""
        return self if principal.is_staff and principal.can_write else self.visible_to(principal)


class ApiKey(Resource):
    """Lets software of an organisation in. The secret itself is shown once and never stored."""

    MOST_NETWORKS = 20

    PREFIX = "key"

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Write")
        WEBHOOKS = "webhooks", _("Webhooks")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    visible_prefix = models.CharField(max_length=12, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False, help_text=_("HMAC-SHA-256 with the pepper, hex."))
    scopes = models.JSONField(_("scopes"), default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    allowed_networks = ArrayField(
        models.CharField(max_length=43),
        verbose_name=_("allowed networks"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Networks such as 203.0.113.0/24 or 2001:db8::/32 from which alone it works; none for any."),
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="replaced_by"
    )
    expires_at = models.DateTimeField(_("expires"))
    warned_days = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text=_("Days before its end of which its owners were told last.")
    )
    last_used_at = models.DateTimeField(null=True, editable=False)
    last_used_from = models.GenericIPAddressField(null=True, editable=False)
    last_refused_at = models.DateTimeField(null=True, editable=False)
    last_refused_from = models.GenericIPAddressField(null=True, editable=False)
    refusal_told_at = models.DateTimeField(null=True, editable=False, help_text=_("When its owners were told last."))
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + timedelta(days=367)),
                name="api_key_lives_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(secret_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106
                name="api_key_is_stored_hashed",
            ),
            models.CheckConstraint(
                condition=Q(allowed_networks__len__lte=20),
                name="api_key_names_20_networks_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.visible_prefix}…)"

    @property
    def is_usable(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and self.expires_at > timezone.now()

    def may_come_from(self, address: str | None) -> bool:
        """Whether the key works from this IP address. Where none can be told, only if it works from any."""
        if not self.allowed_networks:
            return True
        return address is not None and any(
            ip_address(address) in ip_network(network) for network in self.allowed_networks
        )

    def note_use(self, address: str | None) -> None:
        """Remember that the key was used, and from where: once a minute at most, unless it comes from elsewhere.

        Never waits for a row that someone holds.
        """
        now = timezone.now()
        is_recent = self.last_used_at is not None and self.last_used_at > now - USE_IS_NOTED_EVERY
        if is_recent and self.last_used_from == address:
            return
        with transaction.atomic():
            free = ApiKey.objects.filter(pk=self.pk).select_for_update(skip_locked=True)
            ApiKey.objects.filter(pk__in=free.values("pk")).update(last_used_at=now, last_used_from=address)


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def in_force(self) -> Self:
        """Neither ended nor past their last moment."""
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()))


class Disclosure(models.Model):
    """Which organisation may read whose contacts, since when, until when, because of what."""

    reader = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="disclosures_to_it")
    subject = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="disclosures_of_it")
    reason = models.CharField(max_length=32, help_text=_("Public id of the connection that opened it."))
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        constraints = [
            models.UniqueConstraint(fields=["reader", "subject", "reason"], name="disclosure_once_per_reason"),
            models.CheckConstraint(condition=~Q(reader=F("subject")), name="disclosure_is_between_two_organisations"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="disclosure_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader} ← {self.subject}"


class ContactReadingQuerySet(models.QuerySet["ContactReading"]):
    def visible_to(self, principal: "Principal") -> Self:
        """Staff see all; everyone else to whom the contacts of their own organisation were shown."""
        return self if principal.is_staff else self.filter(subject_id=principal.organisation_id)

    def openings_of(self, reader: Organisation, *, since: datetime) -> Self:
        """Organisations whose contacts `reader` has seen for the first time since then, earliest first."""
        return self.filter(reader=reader, is_first=True, created_at__gte=since).order_by("created_at")


class ContactReading(Resource):
    """That contact persons of an organisation were shown to another. Rows are only ever added: the database refuses
    to change or delete one, so nothing here is a reference that could be cleared.
    """

    PREFIX = "dis"

    subject = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    reader = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    person = models.ForeignKey(User, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    reason = models.CharField(max_length=32, help_text=_("Public id of the connection that opened it."))
    is_first = models.BooleanField(help_text=_("Whether the reader saw these contacts for the first time."))
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)

    objects = ContactReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of contacts")
        verbose_name_plural = _("readings of contacts")
        indexes = [
            models.Index(fields=["subject", "id"], name="reading_of_subject"),
            models.Index(fields=["reader", "created_at"], condition=Q(is_first=True), name="reading_first"),
            models.Index(fields=["reader", "subject"], name="reading_by_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} ← {self.subject_id}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def objecting(self, purpose: str) -> models.QuerySet["Consent", int]:
        """Ids of those whose last word on the purpose was no."""
        newest = self.filter(purpose=purpose).order_by("person_id", "-pk").distinct("person_id").values("pk")
        return self.filter(pk__in=newest, given=False).values_list("person_id", flat=True)


class Consent(models.Model):
    """What a person said at one moment to one use of their data. Never changed: the newest of a purpose counts."""

    class Purpose(models.TextChoices):
        TERMS = "terms", _("Terms of use")
        CONTACT_SHARING = "contact_sharing", _("Sharing of contact details")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    text_version = models.CharField(_("version of the text"), max_length=20)
    text_language = models.CharField(max_length=2, blank=True, help_text=_("In which it was read."))
    text_sha256 = models.CharField(max_length=64, blank=True, help_text=_("Of the text as it was shown."))
    given = models.BooleanField(_("given"))
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(condition=~Q(text_version=""), name="consent_is_to_a_version"),
        ]
        indexes = [models.Index(fields=["purpose", "person", "-id"], name="consent_last_word")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}"
