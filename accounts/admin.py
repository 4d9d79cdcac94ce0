"""People, organisations, keys and disclosures in the admin, and who gets into it."""

from functools import partial
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from allauth.account.admin import EmailAddress
from allauth.account.decorators import secure_admin_login
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import services, tax_codes
from accounts.models import (
    ApiKey,
    Consent,
    ContactReading,
    Disclosure,
    Invitation,
    Membership,
    Organisation,
    SavedFilter,
    User,
)
from accounts.models.organisations import OrganisationQuerySet
from accounts.phones import e164
from accounts.principals import Principal
from accounts.saved_filters import drop_filter, keep_filter
from accounts.second_factor import has_second_factor, lacks_second_factor
from accounts.staff_acts import ConfirmationForm, ReasonForm, acting_staff, for_chosen, staff_act
from config.admin import CountryFilter, Found, ReadOnlyAdmin, ServiceAdmin
from config.errors import InvalidFactError
from config.iso import country_name

admin.site.unregister(Group)  # what people may do follows from their memberships
# Imported from where they are registered, so that they are by now.
# Second factors and confirmations belong to the person alone.
admin.site.unregister([Authenticator, EmailAddress, UserSession])

_password_login = secure_admin_login(admin.site.login)
_has_permission = admin.site.has_permission


def sign_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Send staff through the site's own log-in, and those who still need a second factor to give or set up one.

    Who is not of the agency is sent where there is something to do.
    """
    user = request.user
    if isinstance(user, User) and not user.is_staff:
        messages.info(request, _("The administration is for people of the agency."))
        return HttpResponseRedirect(reverse("home"))
    if isinstance(user, User) and _must_give_second_factor(user, request):
        if not has_second_factor(user):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?next={quote(reverse('admin:index'))}")
    response: HttpResponse = _password_login(request, extra_context)
    return response


def may_enter(request: HttpRequest) -> bool:
    user = request.user
    return _has_permission(request) and isinstance(user, User) and not _must_give_second_factor(user, request)


def _must_give_second_factor(user: User, request: HttpRequest) -> bool:
    return settings.STAFF_MFA_REQUIRED and lacks_second_factor(user, request.session)


admin.site.login = sign_in  # type: ignore[method-assign]
admin.site.has_permission = may_enter  # type: ignore[method-assign]


class MembershipInline(TabularInline):
    """Who belongs to the organisation. Nobody is added: people are invited, and agree."""

    model = Membership
    fields = ("email", "role")
    readonly_fields = ("email",)
    extra = 0

    @admin.display(description=_("e-mail"))
    def email(self, member: Membership) -> str:
        return member.user.email

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows: QuerySet[Membership] = super().get_queryset(request)
        return rows.select_related("user", "organisation")


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Takes an address in any case."""

    class Meta:
        model = Invitation
        fields = ["email", "role"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class InvitationInline(TabularInline):
    """Whom the organisation, or staff on its behalf, have asked to join. Deleting one takes it back."""

    model = Invitation
    form = InvitationForm
    fields = ("email", "role", "state", "invited_by", "expires_at")
    readonly_fields = ("state", "invited_by", "expires_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return Invitation.objects.live().select_related("organisation", "invited_by").order_by("pk")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class NameForm(ConfirmationForm):
    """The name that is approved, as the officer reads it."""

    proposed_trade_name = forms.CharField(
        label=_("proposed trade name"), max_length=250, widget=UnfoldAdminTextInputWidget(attrs={"readonly": True})
    )

    @classmethod
    def begins_with(cls, row: Any) -> dict[str, Any]:
        return {"proposed_trade_name": row.proposed_trade_name}


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Takes a tax code and a telephone number as people write them, and says at the field what is wrong."""

    class Meta:
        model = Organisation
        fields = ["tax_code", "tax_code_override", "country", "contact_phone"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            if values.get("tax_code"):
                values["tax_code"] = tax_codes.normalised(
                    values["tax_code"],
                    country=values.get("country", tax_codes.HOME),
                    check_digit=not values.get("tax_code_override"),
                )
            values["contact_phone"] = e164(values.get("contact_phone", ""), pointer="/contact_phone")
        except InvalidFactError as refusal:
            self.add_error(refusal.pointer.removeprefix("/"), str(refusal.detail))
        return values


@admin.register(Organisation)
class OrganisationAdmin(ServiceAdmin):
    list_display = ("legal_name", "trade_name", "kind", "shown_country", "tax_code", "verified_at", "created_at")
    list_filter = (
        "kind",
        ("proposed_trade_name", admin.EmptyFieldListFilter),
        ("tax_code", admin.EmptyFieldListFilter),
        ("country", CountryFilter),
    )
    search_fields = ("name_key",)
    search_help_text = _("Part of a name without accents, of the tax code or of the telephone number, or id.")
    most_found = 1_000
    list_per_page = 25
    ordering = ("-id",)
    form = OrganisationForm
    fields = (
        "kind",
        ("legal_name", "trade_name", "proposed_trade_name"),
        ("country", "tax_code", "tax_code_override"),
        ("address", "website"),
        ("contact_name", "contact_email", "contact_phone"),
        ("public_id", "verified_at"),
    )
    readonly_fields = ("public_id", "verified_at", "proposed_trade_name")
    approve_name = staff_act(
        services.approve_trade_name,
        row="organisation_id",
        label=_("Approve the proposed name"),
        path="approve-name",
        form_class=NameForm,
        when=attrgetter("proposed_trade_name"),
    )
    refuse_name = staff_act(
        services.refuse_trade_name,
        row="organisation_id",
        label=_("Refuse the proposed name"),
        path="refuse-name",
        form_class=ReasonForm,
        when=attrgetter("proposed_trade_name"),
    )
    actions_detail = ["approve_name", "refuse_name"]
    inlines = [MembershipInline, InvitationInline]

    @admin.display(description=_("country"), ordering="country")
    def shown_country(self, organisation: Organisation) -> str:
        return country_name(organisation.country)

    def found_by(self, queryset: OrganisationQuerySet, text: str) -> Found:
        return Found(queryset.looked_up(text))

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else (*self.readonly_fields, "kind")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        by = acting_staff(request)
        if not change:
            values.setdefault("kind", form.cleaned_data["kind"])
            obj.pk = services.create_organisation(**values, by=by).pk
        elif values:
            services.change_organisation(organisation_id=obj.pk, by=by, **values)
        obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        by = acting_staff(request)
        for entry in formset.forms:
            save = self._save_member if formset.model is Membership else self._save_invitation
            save(entry, organisation=form.instance, by=by, removed=entry in formset.deleted_forms)
        formset.new_objects = formset.changed_objects = formset.deleted_objects = []

    def _save_member(self, entry: Any, *, organisation: Organisation, by: Principal, removed: bool) -> None:
        member = entry.instance
        if removed and member.pk:
            services.remove_member(membership_id=member.pk, by=by)
        elif member.pk and "role" in entry.changed_data:
            services.change_role(membership_id=member.pk, role=entry.cleaned_data["role"], by=by)

    def _save_invitation(self, entry: Any, *, organisation: Organisation, by: Principal, removed: bool) -> None:
        if removed and entry.instance.pk:
            services.withdraw_invitation(invitation_id=entry.instance.pk, by=by)
        elif not entry.instance.pk and entry.has_changed() and not removed:
            asked = {name: entry.cleaned_data[name] for name in ("email", "role")}
            services.invite(**asked, organisation_id=organisation.pk, by=by)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People change their own details, and are told of a new password by e-mail; staff only shut them out."""

    list_display = ("email", "full_name", "language", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "language")
    search_fields = ("email", "full_name", "public_id")
    ordering = ("-id",)
    fields = (
        ("email", "full_name", "phone"),
        ("language", "is_active", "is_staff", "is_superuser"),
        "erased_at",
        ("public_id", "created_at", "last_login"),
    )
    actions_detail = ["deactivate", "reactivate"]
    actions = ["deactivate_chosen", "reactivate_chosen"]

    deactivate = staff_act(
        partial(services.set_active, active=False),
        row="user_id",
        label=_("Shut out"),
        path="deactivate",
        when=lambda person: person.is_active,
        permission="lead",
    )
    deactivate_chosen = for_chosen(deactivate)
    reactivate = staff_act(
        partial(services.set_active, active=True),
        row="user_id",
        label=_("Let in again"),
        path="reactivate",
        when=lambda person: not person.is_active,
        permission="lead",
    )
    reactivate_chosen = for_chosen(reactivate)


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnlyAdmin):
    """One's own filters, which the lists show. Their buttons come here."""

    list_display = ("page", "name", "query", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedFilter]:
        kept: QuerySet[SavedFilter] = super().get_queryset(request)
        return kept.filter(person_id=request.user.pk)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        keep, drop = (self.admin_site.admin_view(require_POST(view)) for view in (keep_filter, drop_filter))
        urls: list[URLPattern] = super().get_urls()
        own = [
            path("keep", keep, name="accounts_savedfilter_keep"),
            path("<int:pk>/drop", drop, name="accounts_savedfilter_drop"),
        ]
        return [*own, *urls]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "visible_prefix", "organisation", "scopes", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("organisation",)
    search_fields = ("name", "visible_prefix", "organisation__name_key", "public_id")
    ordering = ("-id",)
    fields = (
        ("name", "visible_prefix", "organisation"),
        ("scopes", "created_by", "created_at"),
        ("allowed_networks", "replaces"),
        ("expires_at", "last_used_at", "last_used_from", "revoked_at"),
        ("last_refused_at", "last_refused_from"),
    )
    actions_detail = ["revoke"]
    actions = ["revoke_chosen"]

    revoke = staff_act(
        services.revoke_api_key,
        row="api_key_id",
        label=_("Revoke"),
        path="revoke",
        when=lambda api_key: api_key.revoked_at is None,
    )
    revoke_chosen = for_chosen(revoke)


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnlyAdmin):
    list_display = ("subject", "reader", "reason", "since", "until")
    list_select_related = ("subject", "reader")
    search_fields = ("subject__name_key", "reader__name_key", "reason")
    ordering = ("-id",)


@admin.register(ContactReading)
class ContactReadingAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "subject", "reader", "person", "api_key", "reason", "is_first", "address")
    list_select_related = ("subject", "reader", "person", "api_key")
    search_fields = ("subject__name_key", "reader__name_key", "reason", "request_id")
    date_hierarchy = "created_at"
    ordering = ("-id",)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("person", "purpose", "text_version", "given", "created_at")
    list_filter = ("purpose", "given", "text_version")
    list_select_related = ("person",)
    search_fields = ("person__email", "person__public_id")
    ordering = ("-id",)
