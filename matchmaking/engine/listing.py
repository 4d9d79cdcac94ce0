"""Facts of suppliers one after the other: what columns are arranged from, wherever the facts come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from matchmaking.engine.columns import (
    CertificateColumns,
    Codes,
    Columns,
    FigureColumn,
    Floats,
    Grades,
    ProofColumns,
    directions,
)
from matchmaking.engine.lists import EVERYBODY, Ints, Ragged, Runs, ends, signed_type

Of: TypeAlias = Literal["supplier", "site", "row", "certificate"]
Values: TypeAlias = Any
"""An array with an entry for each of what the field is of, or lists or texts of them."""

CODES: Final = ("processes", "materials", "standards", "languages", "provinces", "units")
FIGURES: Final = (
    *("tolerance_mm", "roughness_um", "envelope_mm", "max_mass_kg"),
    *("monthly_capacity", "utilisation_pct", "lead_time_days", "moq"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """What a field of columns is of, and whose numbers it holds: of some codes, or of the grades."""

    of: Of
    codes: str = ""
    is_grade: bool = False


FIELDS: Final[Mapping[str, Field]] = {
    "supplier_ids": Field("supplier"),
    "certificates.section_level": Field("supplier"),
    "certificates.section_observed": Field("supplier"),
    "spoken": Field("supplier", codes="languages"),
    "spoken_grade": Field("supplier", is_grade=True),
    "export_share_pct.value": Field("supplier"),
    "export_share_pct.grade": Field("supplier", is_grade=True),
    "deliveries": Field("supplier"),
    "good_deliveries": Field("supplier"),
    "site_ids": Field("site"),
    "site_lat": Field("site"),
    "site_lon": Field("site"),
    "site_direction": Field("site"),
    "site_province": Field("site", codes="provinces"),
    "certificates.standard": Field("certificate", codes="standards"),
    "certificates.starts_on": Field("certificate"),
    "certificates.expires_on": Field("certificate"),
    "certificates.level": Field("certificate"),
    "certificates.observed": Field("certificate"),
    "capability_ids": Field("row"),
    "row_site": Field("row"),
    "row_process_code": Field("row", codes="processes"),
    "row_process_grade": Field("row", is_grade=True),
    "row_role": Field("row"),
    "row_unit": Field("row", codes="units"),
    "row_materials": Field("row", codes="materials"),
    "row_materials_grade": Field("row", is_grade=True),
    **{f"{name}.value": Field("row") for name in FIGURES},
    **{f"{name}.grade": Field("row", is_grade=True) for name in FIGURES},
}
"""What facts consist of, by where it stands in columns. Everything else there follows from these; so do directions,
which take long to find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Facts in the order of suppliers; of each supplier its sites, its rows in the order of ids, its certificates.

    Attributes:
        codes: by name in `CODES`. Processes that are related stand together, one before those below it.
        counts: how many sites, rows and certificates each supplier has.
        values: by name in `FIELDS`; `row_site` counts within the supplier.
    """

    codes: Mapping[str, Codes]
    grades: Grades
    counts: Mapping[Of, Ints]
    values: dict[str, Values]


def listed(columns: Columns, suppliers: Ints | None = None, *, rows: Sequence[Sequence[int]] | None = None) -> Listing:
    """The facts that columns were arranged from: those of some suppliers, in the order given, or of all.

    Args:
        rows: of each of these suppliers the rows that are wanted, in the order of ids; all unless given.
    """
    runs: dict[Of, Runs] = {
        "site": columns.sites_of_supplier,
        "row": columns.rows_of_supplier,
        "certificate": columns.certificates.of_supplier,
    }
    chosen: dict[Of, Ints | None] = {of: None if suppliers is None else runs[of].gather(suppliers)[1] for of in runs}
    chosen |= {"supplier": suppliers}
    if suppliers is None:
        chosen["row"] = columns.rows_of_supplier.entry
    counts = {of: each.lengths(EVERYBODY if suppliers is None else suppliers) for of, each in runs.items()}
    if rows is not None:
        chosen["row"] = np.array([row for of_supplier in rows for row in of_supplier], dtype=np.int64)
        counts["row"] = np.array([len(of_supplier) for of_supplier in rows], dtype=np.int64)
    owners = picked(columns.row_supplier, chosen["row"])
    values = {
        name: picked(attrgetter(name)(columns), chosen[field.of])
        for name, field in FIELDS.items()
        if name != "row_materials"
    }
    values["row_materials"] = columns.material_lists.take(picked(columns.row_material_list, chosen["row"]))
    values["row_site"] = values["row_site"] - columns.sites_of_supplier.offsets[owners]
    return Listing(
        codes={name: getattr(columns, name) for name in CODES},
        grades=columns.grades,
        counts=counts,
        values=values,
    )


def located(lat: Floats, lon: Floats) -> dict[str, Values]:
    """The fields that say where sites are; degrees."""
    return {"site_lat": lat, "site_lon": lon, "site_direction": directions(lat, lon)}


def arranged(listing: Listing) -> Columns:
    """Put rows of a process together, and find what follows from the facts.

    Uses the listing up, so that no field is held twice for longer than it takes to arrange it.
    """
    suppliers = np.arange(len(listing.values["supplier_ids"]), dtype=np.int32)
    of_grades = np.min_scalar_type(len(listing.grades.level))
    values = {name: _narrowed(listing.values.pop(name), field, listing, of_grades) for name, field in FIELDS.items()}
    sites = Runs(ends(listing.counts["site"]))
    owner = np.repeat(suppliers, listing.counts["row"])
    values["row_site"] = (values["row_site"] + sites.offsets[owner]).astype(np.int32)
    rank = np.argsort(values["row_process_code"], kind="stable").astype(np.int32)
    for name, field in FIELDS.items():
        if field.of == "row":
            values[name] = picked(values[name], rank)
    figures = {
        name: FigureColumn(values[f"{name}.value"], values[f"{name}.grade"]) for name in ("export_share_pct", *FIGURES)
    }
    lists, numbers = values.pop("row_materials").distinct()
    plain: dict[str, Any] = {name: values[name] for name in values if "." not in name} | figures | dict(listing.codes)
    return Columns(
        **plain,
        material_lists=lists,
        row_material_list=numbers,
        grades=listing.grades,
        certificates=_certificates(values, listing, suppliers),
        sites_of_supplier=sites,
        rows_of_supplier=Ragged(ends(listing.counts["row"]), inverse(rank)),
        row_rank=rank,
        row_supplier=owner[rank],
        process_ends=ends(np.bincount(values["row_process_code"], minlength=len(listing.codes["processes"]))),
    )


def _certificates(values: Mapping[str, Values], listing: Listing, suppliers: Ints) -> CertificateColumns:
    fields = {name.partition(".")[2]: values[name] for name in FIELDS if name.startswith("certificates.")}
    owner = np.repeat(suppliers, listing.counts["certificate"])
    held = Ragged.inverted(fields["standard"], len(listing.codes["standards"]))
    proofs = {name: fields[name][held.entry] for name in ("starts_on", "expires_on", "level")}
    return CertificateColumns(
        **fields,
        of_supplier=Runs(ends(listing.counts["certificate"])),
        owner=owner,
        proofs=ProofColumns(of_standard=Runs(held.offsets), owner=owner[held.entry], **proofs),
    )


def picked(values: Values, index: Ints | None) -> Values:
    """Some of the values, in the order of the index; all where it is None."""
    if index is None:
        return values
    return values.take(index) if isinstance(values, Ragged) else values[index]


def inverse(order: Ints) -> Ints:
    """Where each number stands in an order of 0 to n - 1."""
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place


def _narrowed(values: Values, field: Field, listing: Listing, of_grades: npt.DTypeLike) -> Values:
    if field.is_grade:
        return _as_type(values, of_grades)
    return _as_type(values, signed_type(len(listing.codes[field.codes]))) if field.codes else values


def _as_type(values: Values, dtype: npt.DTypeLike) -> Values:
    if isinstance(values, Ragged):
        return Ragged(values.offsets, values.entry.astype(dtype, copy=False))
    return values.astype(dtype, copy=False)
