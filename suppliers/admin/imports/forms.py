"""What officers fill in about a list."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from suppliers.imports.columns import HEADINGS, IGNORE, LABELS
from suppliers.models import Import


class UploadForm(forms.Form):
    """A file, and nothing else: the rest is asked when it has been read."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("xlsx, or csv in UTF-8, of at most 10 MB and 50,000 rows."),
        allow_empty_file=True,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".xlsx,.csv"}),
    )


class UseForm(forms.Form):
    """What each column means, and how the list is used. `of` gives the columns."""

    source = forms.CharField(
        label=_("Name of the list"),
        help_text=_("By it firms are recognised when the list comes again."),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
    )
    country = forms.CharField(
        label=_("Country"),
        help_text=_("Of rows that do not say."),
        max_length=2,
        widget=UnfoldAdminTextInputWidget,
    )
    observed_on = forms.DateField(
        label=_("As of"),
        help_text=_("Blank: the day of the import."),
        required=False,
        widget=UnfoldAdminDateWidget,
    )
    submit = forms.BooleanField(
        label=_("Put the firms into the review queue"), required=False, widget=UnfoldBooleanWidget
    )
    all_or_nothing = forms.BooleanField(
        label=_("Write nothing if a row is skipped"), required=False, widget=UnfoldBooleanWidget
    )

    def __init__(self, data: Any, *, of: Import) -> None:
        self.of = of
        begins_with = {name: getattr(of, name) for name in self.base_fields}
        for place, heading in enumerate(of.headings):
            begins_with[f"column_{place}"] = of.columns.get(heading, IGNORE)
        super().__init__(data, initial=begins_with)
        choices = [(IGNORE, _("— leave out —")), *((name, LABELS[name]) for name in HEADINGS)]
        for place, heading in enumerate(of.headings):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading, choices=choices, widget=UnfoldAdminSelectWidget
            )

    def columns(self) -> Iterator[tuple[Any, list[str]]]:
        """Each column's field, with samples of its texts."""
        for place, heading in enumerate(self.of.headings):
            yield self[f"column_{place}"], self.of.samples.get(heading, [])

    def use(self) -> list[Any]:
        """The other fields."""
        return [self[name] for name in self.base_fields]

    def values(self) -> dict[str, Any]:
        """What was filled in, as `change_list` takes it."""
        values = {name: self.cleaned_data[name] for name in self.base_fields}
        values["country"] = values["country"].upper()
        columns = {heading: self.cleaned_data[f"column_{place}"] for place, heading in enumerate(self.of.headings)}
        return {**values, "columns": columns}
