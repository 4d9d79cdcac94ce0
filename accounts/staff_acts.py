"""Acts in the admin that run the same services as the API, after a page that asks for a reason or confirmation."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.models import User
from accounts.principals import Principal
from config.admin import can_work
from config.api.acts import LONGEST_REASON
from config.changes import begin_another_act
from config.errors import DomainError
from config.numbers import number_in

Text = str | Promise
MOST_AT_ONCE = 200
"""Rows, so that a request ends well before it is cut off."""
MOST_NAMES = 5
"""Rows that a message names, of those refused for one reason."""


class ConfirmationForm(forms.Form):
    """Nothing to fill in."""

    def __init__(self, data: Any = None, *, row: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.row = row
        """What the act is about; None of several."""

    @classmethod
    def begins_with(cls, row: Any) -> dict[str, Any]:  # noqa: ARG003 - for those that show something
        """What of the row the form shows, and sends along as it was read."""
        return {}

    def values(self) -> dict[str, Any]:
        """What the service is called with."""
        return self.cleaned_data


class ReasonForm(ConfirmationForm):
    """Why something is decided."""

    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=UnfoldAdminTextareaWidget)


def acting_staff(request: HttpRequest) -> Principal:
    """The principal in whose name the admin calls services.

    Raises:
        NotAllowedError: the person is not of the agency.
    """
    assert isinstance(request.user, User), "the admin lets nobody else in"  # noqa: S101
    return Principal.of_staff(request.user)


@dataclass(frozen=True, kw_only=True)
class StaffAct:
    """A service as staff meet it. `row` is its parameter for the row's primary key."""

    service: Callable[..., Any]
    row: str
    label: Text
    path: str
    form_class: type[ConfirmationForm]
    permission: str

    def on(self, pk: int, values: Mapping[str, Any]) -> Callable[..., Any]:
        return partial(self.service, **{self.row: pk}, **values)


def staff_act(
    service: Callable[..., Any],
    *,
    row: str,
    label: Text,
    path: str,
    form_class: type[ConfirmationForm] = ConfirmationForm,
    states: Collection[str] | None = None,
    when: Callable[[Any], bool] | None = None,
    permission: str = "act",
) -> Any:
    """A method for `ModelAdmin.actions_detail`. Refusals of the service are shown as messages.

    Args:
        service: called with `row` (the primary key), `by`, and the form's cleaned data.
        row: name of the service's parameter for the row, such as `buyer_id`.
        path: last part of the page's address, such as `verify`.
        form_class: what to ask for; its fields are named as the service's parameters.
        states: of the row, in which its page shows the button; None for all.
        when: whether the row's page shows the button, where that is no matter of states.
        permission: who finds the button: `act` for officers and leads, `lead` for leads alone.
    """
    act = StaffAct(service=service, row=row, label=label, path=path, form_class=form_class, permission=permission)

    def perform(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is None or not self.has_view_permission(request, found):
            raise Http404
        shown = act.form_class.begins_with(found)
        form = act.form_class(request.POST if request.method == "POST" else None, initial=shown, row=found)
        back = _page_of(self, found.pk)
        if request.method != "POST" or not form.is_valid():
            return _asked(self, request, act, form, back=back, subject=str(found), original=found)
        if _run(request, act.on(found.pk, form.values()), label):
            self.log_action_on(request, found, path)
        return redirect(back)

    perform.__name__ = path
    method = action(description=label, url_path=path, permissions=[permission])(perform)
    method.act, method.states, method.when = act, states, when
    return method


def for_chosen(method: Any) -> Any:
    """The act of a `staff_act` on every row chosen in the list, each on its own.

    For `ModelAdmin.actions`, under the name of the act's path and `_chosen`, such as `verify_chosen`.
    What is confirmed is what is done: exactly the rows that the page counted, whatever has joined the list since.
    """
    act: StaffAct = method.act

    def perform(self: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        confirmed = "chosen" in request.POST
        chosen = _numbers(request.POST["chosen"]) if confirmed else list(queryset.values_list("pk", flat=True))
        if not 0 < len(chosen) <= MOST_AT_ONCE:
            messages.error(request, _("Choose from 1 to %(most)s rows.") % {"most": MOST_AT_ONCE})
            return None
        form = act.form_class(request.POST if confirmed else None)
        if not confirmed or not form.is_valid():
            subject = ngettext("%(count)s row is chosen.", "%(count)s rows are chosen.", len(chosen))
            page = {"back": request.get_full_path(), "subject": subject % {"count": len(chosen)}}
            parted = _parted(_rows_of(self, request, chosen), method)
            return _asked(self, request, act, form, **page, **parted, action=perform.__name__, chosen=chosen)
        for row in _run_each(request, act, _rows_of(self, request, chosen), form.values()):
            self.log_action_on(request, row, act.path)
        return None

    perform.__name__ = f"{act.path}_chosen"
    return action(description=act.label, permissions=[act.permission])(perform)


def _rows_of(model_admin: Any, request: HttpRequest, chosen: list[int]) -> QuerySet[Any]:
    rows: QuerySet[Any] = model_admin.get_queryset(request).filter(pk__in=chosen).order_by("pk")
    related = model_admin.list_select_related
    return rows.select_related(*related) if related else rows


def _parted(rows: QuerySet[Any], method: Any) -> dict[str, list[Any]]:
    """The rows on which the act can work, and those that will be refused."""
    parted: dict[str, list[Any]] = {"possible": [], "refused": []}
    for row in rows:
        parted["possible" if can_work(method, row) else "refused"].append(row)
    return parted


def _numbers(text: str) -> list[int]:
    return [number for part in text.split(",") if (number := number_in(part)) is not None]


def _asked(model_admin: Any, request: HttpRequest, act: StaffAct, form: forms.Form, **context: Any) -> HttpResponse:
    page = {**model_admin.admin_site.each_context(request), "title": act.label, "form": form, "opts": model_admin.opts}
    return TemplateResponse(request, "admin/staff_act.html", {**page, **context})


def _page_of(model_admin: Any, pk: int) -> str:
    opts = model_admin.opts
    return reverse(f"{model_admin.admin_site.name}:{opts.app_label}_{opts.model_name}_change", args=[pk])


def _run(request: HttpRequest, act: Callable[..., Any], label: Text) -> bool:
    """Whether it was done."""
    try:
        act(by=acting_staff(request))
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
        return False
    messages.success(request, _("Done: %(act)s.") % {"act": label})
    return True


def _run_each(request: HttpRequest, act: StaffAct, rows: QuerySet[Any], values: Mapping[str, Any]) -> list[Model]:
    """Do what can be done, and say how much that was and why the rest was refused. Returns the rows done."""
    by = acting_staff(request)
    done: list[Model] = []
    refused: dict[str, list[Model]] = {}
    for row in rows:
        begin_another_act()
        try:
            with transaction.atomic():
                act.on(row.pk, values)(by=by)
            done.append(row)
        except DomainError as refusal:
            refused.setdefault(str(refusal.detail), []).append(row)
        except ObjectDoesNotExist:
            refused.setdefault(str(_("It is no longer there.")), []).append(row)
    counts = {"act": act.label, "done": len(done), "refused": sum(map(len, refused.values()))}
    tell = messages.warning if refused else messages.success
    tell(request, _("%(act)s: %(done)s done, %(refused)s refused.") % counts)
    for reason, those in refused.items():
        named = "; ".join(map(str, those[:MOST_NAMES])) + ("; …" if len(those) > MOST_NAMES else "")
        messages.error(request, f"{len(those)} × {reason} ({named})")
    return done
