"""Reading the files of places: provinces of both editions, corridors, industrial parks."""

from pathlib import Path

from taxonomy.loading.contents import Contents, Ref
from taxonomy.loading.files import Line, read
from taxonomy.models import IndustrialPark, Kind, Province, Source
from taxonomy.text import fold

NEW, OLD = Province.Edition.SINCE_2025.value, Province.Edition.BEFORE_2025.value


def read_provinces(contents: Contents, folder: Path) -> None:
    """The provinces in force."""
    table = contents.table(Kind.PROVINCE)
    columns = ["code", "name_vi", "name_en", "full_name_vi", "full_name_en", "unit_type", "region_code"]
    columns += ["phone_area_code", "centroid_lat", "centroid_lon"]
    for line in read(folder, "provinces.csv", columns=columns):
        line.check_choice("unit_type", Province.UnitType.values)
        ref = table.add(
            line,
            NEW,
            line["code"],
            successor=None,
            latitude=line.number_in("centroid_lat", float),
            longitude=line.number_in("centroid_lon", float),
            **{column: line[column] for column in columns[1:8]},
        )
        contents.add_names(line, ref, vi=line["name_vi"], en=line["name_en"])
        contents.add_terms(line, ref, [line["full_name_vi"]], Source.ALIAS, "vi")
        contents.add_terms(line, ref, [line["full_name_en"]], Source.ALIAS, "en")


def read_provinces_of_2004(contents: Contents, folder: Path) -> None:
    """The provinces until June 2025, each with the province of today; their names also find that one."""
    table = contents.table(Kind.PROVINCE)
    columns = ["old_code", "old_name_vi", "old_name_en", "old_full_name_vi", "old_unit_type", "old_phone_area_code"]
    columns += ["old_lat", "old_lon", "new_code"]
    for line in read(folder, "provinces_2004.csv", columns=columns):
        line.check_choice("old_unit_type", Province.UnitType.values)
        successor = table.ref(line, NEW, line["new_code"])
        ref = table.add(
            line,
            OLD,
            line["old_code"],
            name_vi=line["old_name_vi"],
            name_en=line["old_name_en"],
            full_name_vi=line["old_full_name_vi"],
            full_name_en="",
            unit_type=line["old_unit_type"],
            region_code="",
            phone_area_code=line["old_phone_area_code"],
            latitude=line.number_in("old_lat", float),
            longitude=line.number_in("old_lon", float),
            successor=successor,
        )
        contents.add_names(line, ref, vi=line["old_name_vi"], en=line["old_name_en"])
        title = "City" if line["old_unit_type"] == Province.UnitType.MUNICIPALITY else "Province"
        contents.add_terms(line, ref, [line["old_full_name_vi"]], Source.ALIAS, "vi")
        contents.add_terms(line, ref, [f"{line['old_name_en']} {title}"], Source.ALIAS, "en")
        _find_successor_too(
            contents, line, ref, [line["old_name_vi"], line["old_full_name_vi"], f"{line['old_name_en']} {title}"]
        )


def read_province_aliases(contents: Contents, folder: Path) -> None:
    """Other spellings of provinces, all of them known before 2025."""
    table = contents.table(Kind.PROVINCE)
    for line in read(folder, "province_aliases.csv", columns=["alias", "old_code"]):
        ref = table.ref(line, OLD, line["old_code"])
        contents.add_terms(line, ref, [line["alias"]], Source.ALIAS)
        _find_successor_too(contents, line, ref, [line["alias"]])


def _find_successor_too(contents: Contents, line: Line, old: Ref, texts: list[str]) -> None:
    rows = contents.table(Kind.PROVINCE).rows
    successor: Ref = rows[old.key]["successor"]
    keeps_its_name = fold(rows[old.key]["name_vi"]) == fold(rows[successor.key]["name_vi"])
    contents.add_terms(line, successor, texts, Source.ALIAS if keeps_its_name else Source.SUPERSEDED)


def read_corridors(contents: Contents, folder: Path) -> None:
    """Corridors, by the provinces of before (names) and of today (codes)."""
    table, provinces = contents.table(Kind.CORRIDOR), contents.table(Kind.PROVINCE)
    old_names = {row["name_vi"]: key for key, row in provinces.rows.items() if key[0] == OLD}
    columns = ["code", "name_vi", "name_en", "old_provinces_vi", "province_codes"]
    for line in read(folder, "corridors.csv", columns=columns):
        ref = table.add(line, line["code"], name_vi=line["name_vi"], name_en=line["name_en"])
        contents.add_names(line, ref, vi=line["name_vi"], en=line["name_en"])
        for code in line.listed("province_codes"):
            contents.corridor_provinces.add((ref, provinces.ref(line, NEW, code)))
        for name in line.listed("old_provinces_vi"):
            old = provinces.ref(line, *old_names.get(name, (OLD, name)))
            contents.corridor_provinces.add((ref, old))


def read_parks(contents: Contents, folder: Path) -> None:
    """Industrial parks, clusters and export processing zones."""
    table, provinces = contents.table(Kind.PARK), contents.table(Kind.PROVINCE)
    old_names = {row["name_vi"]: key for key, row in provinces.rows.items() if key[0] == OLD}
    columns = ["code", "name", "name_ja", "aliases", "kind", "province_code", "old_province_vi", "lat", "lon"]
    for line in read(folder, "industrial_parks.csv", columns=columns):
        line.check_choice("kind", IndustrialPark.Type.values)
        name = line["old_province_vi"]
        ref = table.add(
            line,
            line["code"],
            name_vi=line["name"],
            name_ja=line["name_ja"],
            kind=line["kind"],
            province=provinces.ref(line, NEW, line["province_code"]),
            old_province=provinces.ref(line, *old_names.get(name, (OLD, name))) if name else None,
            latitude=line.number_in("lat", float) if line["lat"] else None,
            longitude=line.number_in("lon", float) if line["lon"] else None,
        )
        contents.add_names(line, ref, vi=line["name"], ja=line["name_ja"])
        contents.add_terms(line, ref, line.listed("aliases"), Source.ALIAS)
