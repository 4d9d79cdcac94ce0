"""Keeping what is chosen in a list of the admin: who is signed in keeps it for themselves."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import SavedFilter
from config.text import is_visible

MOST_FILTERS = 30
"""Of one person for one list."""
PASSING = ("p", "all", "e", "o")
"""Parameters of a list's address that choose no rows."""


class SavedFilterForm(forms.Form):
    """A name for what is chosen."""

    page = forms.CharField(max_length=100)
    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=2000, required=False)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if not is_visible(name):
            raise forms.ValidationError(_("Contains nothing that can be seen."))
        return name

    def clean_query(self) -> str:
        chosen = QueryDict(self.cleaned_data["query"], mutable=True)
        for parameter in PASSING:
            chosen.pop(parameter, None)
        return chosen.urlencode()


def list_of(page: str) -> str:
    """The address of the list of a model.

    Raises:
        Http404: there is none.
    """
    app, _dot, model = page.partition(".")
    try:
        found: Any = apps.get_model(app, model)
        address = reverse(f"admin:{app}_{model}_changelist")
    except (LookupError, ValueError, NoReverseMatch):
        raise Http404 from None
    if not admin.site.is_registered(found):
        raise Http404
    return address


def keep_filter(request: HttpRequest) -> HttpResponse:
    """Keep what is chosen under a name, in the place of what had that name."""
    form = SavedFilterForm(request.POST)
    address = list_of(request.POST.get("page", ""))
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return HttpResponseRedirect(address)
    given = form.cleaned_data
    mine = SavedFilter.objects.filter(person_id=request.user.pk, page=given["page"])
    if not mine.filter(name=given["name"]).exists() and mine.count() >= MOST_FILTERS:
        messages.error(request, _("You have as many filters of this list as one may have. Remove one first."))
    else:
        mine.update_or_create(
            person_id=request.user.pk, page=given["page"], name=given["name"], defaults={"query": given["query"]}
        )
        messages.success(request, _("The filter is saved."))
    return HttpResponseRedirect(f"{address}?{given['query']}")


def drop_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one's own filter."""
    mine = SavedFilter.objects.filter(person_id=request.user.pk, pk=pk).first()
    if mine is None:
        raise Http404
    mine.delete()
    messages.success(request, _("The filter is removed."))
    return HttpResponseRedirect(list_of(mine.page))
