"""What other methods make of a frozen ranking or of a shortlist, on its page in the admin."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.staff_acts import acting_staff
from buyers.models import Requirement
from config.admin import ReadOnlyAdmin
from matchmaking.api.v1.match_serializers import USUALLY
from matchmaking.api.v1.matches import reader_s_language
from matchmaking.decisions.second_opinion import NORMALISATIONS
from matchmaking.insight import opinions_on_run, opinions_on_shortlist
from matchmaking.models import MatchRun, Shortlist
from matchmaking.programme import opinion_files
from matchmaking.programme.opinion_shown import NORMALISATIONS as NORMALISATION_NAMES
from matchmaking.programme.opinion_shown import ShownOpinion
from matchmaking.programme.sheets import downloaded
from matchmaking.programme.weights_shown import weights_found
from matchmaking.services.second_opinions import Asked


class NormalisationForm(forms.Form):
    """Of TOPSIS: it can decide who comes first."""

    normalisation = forms.ChoiceField(
        label=_("Normalisation of TOPSIS"),
        choices=[(name, NORMALISATION_NAMES[name]) for name in NORMALISATIONS],
        widget=UnfoldAdminSelectWidget,
    )


FILES: dict[str, Callable[[ShownOpinion], bytes]] = {"xlsx": opinion_files.workbook_of, "csv": opinion_files.csv_of}


USUAL = {"normalisation": NORMALISATIONS[0]}


class SecondOpinionAdmin(ReadOnlyAdmin):
    """Pages of what is ordered, with what other methods make of it. Whoever may look may look at this too."""

    actions_detail: ClassVar = ["second_opinion"]

    def opinions(self, row: Any, asked: Asked, request: HttpRequest) -> dict[str, Any] | None:
        """As the API tells them; None where there is no requirement to go by."""
        raise NotImplementedError

    @action(description=_("Second opinion"), url_path="second-opinion", permissions=["view"])  # type: ignore[untyped-decorator]
    def second_opinion(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        row, form = self.get_object(request, object_id), NormalisationForm(request.GET or USUAL)
        if row is None or not self.has_view_permission(request, row) or not form.is_valid():
            raise Http404
        told = self.opinions(row, Asked(normalisation=form.cleaned_data["normalisation"]), request)
        shown = None if told is None else ShownOpinion(told)
        if kind := request.GET.get("file"):
            if shown is None or kind not in FILES:
                raise Http404
            return downloaded(FILES[kind](shown), f"{_('Second opinion')} {row.public_id}", kind, reader_s_language())
        page = {
            **self.admin_site.each_context(request),
            "title": _("Second opinion"),
            "opts": self.opts,
            "original": row,
            "requirement": row.requirement,
            "shown": shown,
            "found": shown and weights_found(row.requirement, version=shown.told["requirement_version"]),
            "form": form,
            "files": FILES,
            "back": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]),
        }
        return TemplateResponse(request, "programme/opinion.html", page)


class OpinionOnRunAdmin(SecondOpinionAdmin):
    """The first lines of a frozen ranking, as they were frozen."""

    def opinions(self, row: MatchRun, asked: Asked, request: HttpRequest) -> dict[str, Any]:
        return opinions_on_run(row, asked, top=USUALLY, reader=acting_staff(request), language=reader_s_language())


class OpinionOnShortlistAdmin(SecondOpinionAdmin):
    """All that stand on a shortlist, by what is known of them today."""

    def opinions(self, row: Shortlist, asked: Asked, request: HttpRequest) -> dict[str, Any] | None:
        if row.requirement_id is None:
            return None
        requirement = Requirement.objects.select_related("buyer", "plant").get(pk=row.requirement_id)
        return opinions_on_shortlist(row, requirement, asked)
