"""A firm as an officer reviews it: each fact as it stands, what it was when last published or checked, who said so."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from config.shown import is_empty
from notifications.models import Event
from suppliers.facts import FACTS, Fact, FactRow
from suppliers.models import Capability, Certificate, Document, Evidence, Site, Supplier
from suppliers.recording import plain, single
from suppliers.services.profile import PROFILE
from suppliers.services.sites import SITE
from suppliers.shown import label_of

Said = Sequence[Evidence]
"""What was said of one fact, newest first."""


@dataclass(frozen=True, kw_only=True)
class FactReview:
    """One fact of one row. `before` is what it was when last published or checked; None where it was not there."""

    name: str
    label: str
    value: Any
    before: Any
    change: Evidence | None
    """What the firm, or staff on its behalf, last said of it since then; None where it has not changed."""
    check: Evidence | None
    """The last check that counts."""
    level: int | None
    """None of what is not proved by level."""
    observed_on: Any
    can_be_checked: bool


@dataclass(frozen=True, kw_only=True)
class RowReview:
    """A row of the firm with its facts and the documents about it. `row` is None once it was removed."""

    row: Model | None
    subject: str
    kind: str
    facts: list[FactReview] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        return any(fact.change for fact in self.facts)


def review_of(supplier: Supplier) -> list[RowReview]:
    """The firm itself, its sites, capabilities and certificates, and what was removed, in nine queries at most."""
    return _Review(supplier).rows()


class _Review:
    def __init__(self, supplier: Supplier) -> None:
        self.supplier = supplier
        published = Event.objects.filter(subject=supplier.public_id, topic="supplier.published").order_by("-id")
        self.published_at = published.values_list("created_at", flat=True).first()
        self.said: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
        lines = Evidence.objects.filter(supplier=supplier).select_related("asserted_by", "asserted_for", "undone_by")
        for line in lines.order_by("-id"):
            self.said[line.subject, line.fact].append(line)
        self.documents: dict[Any, list[Document]] = defaultdict(list)
        for document in Document.objects.filter(supplier=supplier).order_by("-id"):
            about = ("capability", document.capability_id) if document.capability_id else ("", None)
            about = ("certificate", document.certificate_id) if document.certificate_id else about
            self.documents[about].append(document)

    def rows(self) -> list[RowReview]:
        supplier = self.supplier
        sites = Site.objects.filter(supplier=supplier).select_related("province", "old_province", "park")
        capabilities = Capability.objects.filter(site__supplier=supplier)
        certificates = Certificate.objects.filter(supplier=supplier).select_related("standard", "site")
        present = [
            self._row(supplier, PROFILE, documents=self.documents["", None]),
            *(self._row(site, SITE) for site in sites.order_by("pk")),
            *map(self._capability, capabilities.select_related("process", "site").prefetch_related("materials")),
            *map(self._certificate, certificates.order_by("expires_on", "pk")),
        ]
        return [*present, *self._removed({row.subject for row in present})]

    def _capability(self, capability: Capability) -> RowReview:
        about = self.documents["capability", capability.pk]
        return self._row(capability, {"sample_lead_time_days"}, documents=about)

    def _certificate(self, certificate: Certificate) -> RowReview:
        return self._row(certificate, (), documents=self.documents["certificate", certificate.pk])

    def _row(self, row: Any, plain_columns: Iterable[str], documents: Iterable[Document] = ()) -> RowReview:
        facts = FACTS.get(type(row), ())
        proved = {column for fact in facts for column in fact.columns}
        reviewed = [self._fact(row, fact) for fact in facts]
        if isinstance(row, Site):
            reviewed.append(self._plain(row, "site", {name: plain(getattr(row, name)) for name in sorted(SITE)}))
        else:
            reviewed += [self._plain(row, name, value_of(row, name)) for name in sorted({*plain_columns} - proved)]
        shown = [fact for fact in reviewed if not is_empty(fact.value) or fact.change]
        kind = str(row._meta.verbose_name)  # noqa: SLF001 - public, for all its underscore
        return RowReview(row=row, subject=row.public_id, kind=kind, facts=shown, documents=list(documents))

    def _fact(self, row: FactRow, fact: Fact) -> FactReview:
        level, day = fact.evidence_of(row)
        columns = {column: value_of(row, column) for column in fact.columns}
        value = single(columns) if columns else sorted({each.standard.code for each in self._listed(row)})
        waits = not isinstance(row, Certificate) or row.state == Certificate.State.DECLARED
        return self._reviewed(
            row, fact.name, value, level=level, observed_on=day, can_be_checked=day is not None and waits
        )

    def _listed(self, row: Any) -> Iterable[Certificate]:
        return row.certificates.select_related("standard")  # type: ignore[no-any-return]

    def _plain(self, row: Any, name: str, value: Any) -> FactReview:
        return self._reviewed(row, name, value, level=None, observed_on=None, can_be_checked=False)

    def _reviewed(self, row: Any, name: str, value: Any, **proof: Any) -> FactReview:
        said = self.said[row.public_id, name]
        check = next((line for line in said if line.act == Evidence.Act.CHECKED and not is_undone(line)), None)
        change, before = self._since(said, check)
        return FactReview(
            name=name,
            label=label_of(row.public_id, name),
            value=value,
            before=before,
            change=change,
            check=check,
            **proof,
        )

    def _since(self, said: Said, check: Evidence | None) -> tuple[Evidence | None, Any]:
        """The last statement since the fact was published or checked, and what it was until then."""
        looked_at: datetime | None = max(
            (at for at in (self.published_at, check and check.created_at) if at), default=None
        )
        stated = [line for line in said if line.act not in (Evidence.Act.CHECKED, Evidence.Act.UNDONE)]
        since = [line for line in stated if looked_at is None or line.created_at > looked_at]
        entered = [line for line in stated if line not in since and line.act == Evidence.Act.ENTERED]
        return (since[0] if since else None), (entered[0].value if entered else None)

    def _removed(self, present: set[str]) -> list[RowReview]:
        """Rows that are gone since the firm was last published."""
        gone = [
            (subject, said[0])
            for (subject, _name), said in self.said.items()
            if subject not in present and said[0].act == Evidence.Act.REMOVED
            if self.published_at is None or said[0].created_at > self.published_at
        ]
        return [
            RowReview(row=None, subject=subject, kind=str(_("Removed")), facts=[_last_of(line)])
            for subject, line in gone
        ]


def _last_of(removal: Evidence) -> FactReview:
    return FactReview(
        name=removal.fact,
        label=label_of(removal.subject, removal.fact),
        value=None,
        before=removal.value,
        change=removal,
        check=None,
        level=None,
        observed_on=None,
        can_be_checked=False,
    )


def value_of(row: Any, column: str) -> Any:
    """A column as the history holds it; lists of rows come from what was prefetched."""
    value = getattr(row, column)
    return plain(list(value.all())) if hasattr(value, "all") else plain(value)


def is_undone(line: Evidence) -> bool:
    return hasattr(line, "undone_by")
