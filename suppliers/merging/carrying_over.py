"""What is one firm's becomes another's. What the other has already, as a unique constraint says, stays where it is."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Membership, Organisation
from suppliers.facts import FACTS, is_better
from suppliers.merging.rows import everything, fits, label_of, references, rows_of, update
from suppliers.models import Certificate, Document, Evidence, Listing, Supplier

LETS_IN = frozenset({"accounts.ApiKey", "accounts.Invitation", "notifications.WebhookEndpoint"})
"""Rows by which somebody gets to read what is the firm's. They stay where others speak for the survivor."""

OF_PEOPLE = frozenset({"accounts.Membership", "accounts.Invitation", "suppliers.Claim"})
"""Rows whose names tell of a person: a merge notes their ids alone."""

PROFILE = (
    *("description_vi", "description_en", "ownership", "founded_year", "employees_total", "employees_engineers"),
    *("employees_quality", "revenue_band"),
)
CONTACT = ("contact_name", "contact_email", "contact_phone")
PROOF = (
    *("issuing_body", "accreditation_body", "scope", "valid_from", "expires_on", "never_expires", "state"),
    *("state_reason", "level", "observed_on"),
)


class Merging:
    """One merge of two locked firms: moves, and keeps what it has written. `tax_code` is the right one of two."""

    def __init__(self, merged: Supplier, survivor: Supplier, *, tax_code: str = "") -> None:
        self.merged, self.survivor, self.tax_code = merged, survivor, tax_code
        self.changes: list[dict[str, Any]] = []
        self.stayed: list[list[str]] = []
        self._left: list[Any] = []
        self._is_represented = Membership.objects.filter(organisation=survivor.organisation_id).exists()

    def carry_out(self) -> None:
        for field in references():
            self._move(field)
        self._leave_certificates()
        self._move_history()
        self._fill_organisation()
        self._fill_profile()
        self._keep_listing()

    def archive(self, reason: str) -> None:
        """Close what is merged, for as long as it is."""
        self._set(self.merged, {"state": Supplier.State.ARCHIVED, "state_reason": reason})

    def _move(self, field: Any) -> None:
        rows = list(rows_of(field, self.merged))
        if not rows:
            return
        before = getattr(rows[0], field.attname)
        left = {row.pk for row in self._staying(field, rows)}
        for row in everything(field.model).filter(pk__in=left).order_by("pk"):
            self.stayed.append([label_of(field.model), _name_of(row)])
            self._left.append(row)
        target = self.survivor.pk if field.related_model is Supplier else self.survivor.organisation_id
        moving = [row.pk for row in rows if row.pk not in left]
        self._write(field.model, {field.attname: before}, {field.attname: target}, moving)

    def _staying(self, field: Any, rows: list[Any]) -> list[Any]:
        if self._is_represented and label_of(field.model) in LETS_IN:
            return rows
        return [row for row in rows if not fits(row, field, self.survivor)] if _can_clash(field) else []

    def _leave_certificates(self) -> None:
        """Of a certificate that both list, the better proof counts, and its documents are about the survivor's."""
        for row in self._left:
            if not isinstance(row, Certificate):
                continue
            left = Certificate.objects.get(pk=row.pk)
            twin = Certificate.objects.get(supplier=self.survivor, standard=left.standard_id, number=left.number)
            moved = Document.objects.filter(certificate=left, supplier=self.survivor).values_list("pk", flat=True)
            self._write(Document, {"certificate_id": left.pk}, {"certificate_id": twin.pk}, list(moved))
            self._set(left, {"site_id": None})
            if is_better((left.level, left.observed_on), (twin.level, twin.observed_on), half_life_days=None):
                self._set(twin, {name: getattr(left, name) for name in PROOF})
                self._move_lines(Evidence.objects.filter(subject=left.public_id), twin.public_id)

    def _move_history(self) -> None:
        """What was said of rows that moved, also of those that are no longer there."""
        left = [self.merged.public_id, *(row.public_id for row in self._left if isinstance(row, Certificate))]
        lines = Evidence.objects.filter(supplier=self.merged).exclude(subject__in=left).values_list("pk", flat=True)
        self._write(Evidence, {"supplier_id": self.merged.pk}, {"supplier_id": self.survivor.pk}, list(lines))

    def _fill_organisation(self) -> None:
        """What the survivor does not say of itself. The tax code goes over, for no two may have it; so does the right
        one of two."""
        mine, theirs = self.survivor.organisation, self.merged.organisation
        for name in ("address", "website"):
            if not getattr(mine, name):
                self._set(mine, {name: getattr(theirs, name)})
        is_lacking = not mine.tax_code or self.tax_code == theirs.tax_code != mine.tax_code
        if theirs.tax_code and is_lacking and theirs.country == mine.country:
            code = {name: getattr(theirs, name) for name in ("tax_code", "tax_code_override")}
            self._set(theirs, {"tax_code": "", "tax_code_override": ""})
            self._set(mine, code)
        self._fill_contact(mine, theirs)

    def _fill_contact(self, mine: Organisation, theirs: Organisation) -> None:
        """Noted without the words, which are a person's, who may want to be forgotten."""
        words = {name: getattr(theirs, name) for name in CONTACT}
        if any(words.values()) and not any(getattr(mine, name) for name in CONTACT):
            update(Organisation, [mine.pk], words)
            blank = dict.fromkeys(CONTACT, "")
            self._note(Organisation, [mine.pk], before=blank, as_in=theirs.pk)

    def _fill_profile(self) -> None:
        """Figures and texts that the survivor lacks, with their proof and their history."""
        mine, theirs = self.survivor, self.merged
        filled: dict[str, tuple[str, ...]] = {name: (name,) for name in PROFILE}
        filled |= {fact.name: (*fact.columns, fact.level, fact.observed_on) for fact in FACTS[Supplier]}
        for name, columns in filled.items():
            known = columns[0] if name in PROFILE else columns[-1]
            is_told = not _is_blank(getattr(theirs, known)) and name not in theirs.withdrawn
            if is_told and _is_blank(getattr(mine, known)):
                self._set(mine, {column: getattr(theirs, column) for column in columns})
                lines = Evidence.objects.filter(subject=theirs.public_id, fact__in=(name, *columns))
                self._move_lines(lines, mine.public_id)

    def _keep_listing(self) -> None:
        """The list that named the merged firm finds the survivor when it comes again."""
        key = {"source": self.merged.source, "source_ref": self.merged.source_ref}
        if not self.merged.source_ref:
            return
        self._set(self.merged, {"source_ref": ""})
        if not Listing.objects.filter(**key).exists():
            made = Listing.objects.create(supplier=self.survivor, **key)
            self.changes.append({"made": label_of(Listing), "rows": [made.pk]})

    def _move_lines(self, lines: Any, subject: str) -> None:
        found = list(lines.values_list("pk", "subject", "supplier_id"))
        if found:
            pks = [pk for pk, _subject, _supplier in found]
            before = {"subject": found[0][1], "supplier_id": found[0][2]}
            self._write(Evidence, before, {"subject": subject, "supplier_id": self.survivor.pk}, pks)

    def _set(self, row: Any, values: Mapping[str, Any]) -> None:
        self._write(type(row), {name: getattr(row, name) for name in values}, values, [row.pk])
        for name, value in values.items():
            setattr(row, name, value)

    def _write(self, model: Any, before: Mapping[str, Any], after: Mapping[str, Any], pks: list[Any]) -> None:
        """In one statement, as the constraints of a row are about its columns together."""
        changed = [name for name in after if before[name] != after[name]]
        if pks and changed:
            values = {name: after[name] for name in changed}
            update(model, pks, values)
            self._note(model, pks, before={name: before[name] for name in changed}, after=values)

    def _note(self, model: Any, pks: list[Any], **values: Any) -> None:
        self.changes.append({"model": label_of(model), "rows": pks, **values})


def _name_of(row: Any) -> str:
    return str(row.public_id if label_of(row) in OF_PEOPLE else row)


def _can_clash(field: Any) -> bool:
    """Whether a unique constraint has something to say on the column."""
    opts = field.model._meta  # noqa: SLF001
    within = {name for each in opts.constraints for name in getattr(each, "fields", ())}
    within |= {name for names in opts.unique_together for name in names}
    return field.unique or field.name in within


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [])
