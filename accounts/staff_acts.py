"""Buttons in the admin that run the same services as the API, after a page that asks for a reason or confirmation."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.models import User
from accounts.principals import Principal
from config.api.acts import LONGEST_REASON
from config.errors import DomainError

Text = str | Promise


class ConfirmationForm(forms.Form):
    """Nothing to fill in."""


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


def staff_act(
    service: Callable[..., Any],
    *,
    row: str,
    label: Text,
    path: str,
    form_class: type[forms.Form] = ConfirmationForm,
) -> Any:
    """A method for `ModelAdmin.actions_detail`. Refusals of the service are shown as messages.

    Args:
        service: called with `row` (the primary key), `by`, and the form's cleaned data.
        row: name of the service's parameter for the row, such as `buyer_id`.
        path: last part of the page's address, such as `verify`.
        form_class: what to ask for; its fields are named as the service's parameters.
    """

    def perform(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is None or not self.has_view_permission(request, found):
            raise Http404
        form = form_class(request.POST if request.method == "POST" else None)
        if request.method != "POST" or not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": label,
                "form": form,
                "original": found,
                "opts": self.opts,
                "back": _page_of(self, found.pk),
            }
            return TemplateResponse(request, "admin/staff_act.html", context)
        _run(request, partial(service, **{row: found.pk}, **form.cleaned_data), label)
        return redirect(_page_of(self, found.pk))

    perform.__name__ = path
    return action(description=label, url_path=path)(perform)


def _page_of(model_admin: Any, pk: int) -> str:
    opts = model_admin.opts
    return reverse(f"{model_admin.admin_site.name}:{opts.app_label}_{opts.model_name}_change", args=[pk])


def _run(request: HttpRequest, act: Callable[..., Any], label: Text) -> None:
    try:
        act(by=acting_staff(request))
    except DomainError as refusal:
        messages.error(request, str(refusal.detail))
    else:
        messages.success(request, _("Done: %(act)s.") % {"act": label})
