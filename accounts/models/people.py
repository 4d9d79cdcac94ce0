"""People who have an account."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.changes import ChangesKept
from config.models import Resource

EMAIL_MAX_LENGTH = 254
DEFAULT_TIME_ZONE = "Asia/Ho_Chi_Minh"
SUPERUSER = "superuser"


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
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default=DEFAULT_TIME_ZONE,
        db_default=DEFAULT_TIME_ZONE,
        help_text=_("Such as Asia/Ho_Chi_Minh."),
    )
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
            ChangesKept(
                name="user_changes_kept",
                columns=["language", "time_zone", "is_staff", "is_superuser", "is_active", "erased_at"],
                withheld=["email", "full_name", "phone", "password"],
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
        of_agency = self.memberships.filter(organisation__kind="agency").order_by("pk")
        return of_agency.values_list("role", flat=True).first()

    @property
    def standing_in_admin(self) -> str:
        """What decides alone what the person may do there: a role in the agency, "superuser", or nothing."""
        if not self.is_active:
            return ""
        if self.is_superuser:
            return SUPERUSER
        return (self.is_staff and self.role_in_agency) or ""

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Owners of the agency (leads) may do what the admin offers, editors (officers) all but what is for leads,
        viewers may look. Nobody else may anything; Django's permissions and groups give nothing.

        What the admin offers is each page's own decision; permissions that begin with `lead_` are for leads.
        """
        standing = self.standing_in_admin
        action = perm.partition(".")[2]
        if action.startswith("lead_"):
            return standing in {"owner", SUPERUSER}
        return standing != "" and (action.startswith("view_") or standing != "viewer")

    def has_module_perms(self, app_label: str) -> bool:
        return self.standing_in_admin != ""

    @property
    def has_confirmed_email(self) -> bool:
        return bool(EmailAddress.objects.filter(user=self, email=self.email, verified=True).exists())

    def anonymise(self) -> None:
        """Leave nothing of the person: what they did stays the act of an account without a name. Nobody signs in."""
        self.email = f"{self.public_id}@erased.invalid"
        self.full_name = self.phone = ""
        self.language, self.time_zone = Language.VI, DEFAULT_TIME_ZONE
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
