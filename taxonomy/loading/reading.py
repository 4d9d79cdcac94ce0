"""One function per shipped file: its columns, its rules, where its cells go."""

from pathlib import Path

from taxonomy.loading import places
from taxonomy.loading.contents import Contents, Ref, Table
from taxonomy.loading.files import Line, read
from taxonomy.models import Industry, IndustrySuccession, Kind, Source, Standard

VSIC_2025, VSIC_2018 = Industry.Edition.VSIC_2025.value, Industry.Edition.VSIC_2018.value
NAMES = ["name_vi", "name_en", "name_ja", "name_ko", "name_zh"]


def read_contents(folder: Path, *, parks: bool) -> Contents:
    """Read and check all files.

    Args:
        folder: where the CSV files lie.
        parks: whether industrial parks are wanted too; their list is old and incomplete.

    Raises:
        BadFileError: naming the file and the line.
    """
    contents = Contents()
    steps = [
        read_processes,
        read_materials,
        read_standards,
        places.read_provinces,
        places.read_provinces_of_2004,
        places.read_province_aliases,
        places.read_corridors,
        read_sectors,
        read_industries_of_2025,
        read_industries_of_2018,
        *([places.read_parks] if parks else []),
        read_synonyms,
        read_ambiguous,
    ]
    for step in steps:
        step(contents, folder)
    return contents


def read_processes(contents: Contents, folder: Path) -> None:
    """Groups and processes. A process's code begins with its group's."""
    table = contents.table(Kind.PROCESS)
    columns = ["code", "parent", *NAMES, "synonyms", "fields", "vsic_2025", "vi_term_attested"]
    for line in read(folder, "processes.csv", columns=columns):
        names = {name: line[name] for name in NAMES}
        ref = table.add(
            line, line["code"], **names, parent=None, fields=line.listed("fields"), vsic_2025=line["vsic_2025"]
        )
        if line["parent"] and not line["code"].startswith(line["parent"] + "."):
            raise line.fault(f"{line['code']} does not begin with its parent's code {line['parent']}")
        contents.add_names(line, ref, **{name.removeprefix("name_"): line[name] for name in NAMES})
        contents.add_terms(line, ref, line.listed("synonyms"), Source.SYNONYM)
    _hang_all(contents, Kind.PROCESS)


def read_materials(contents: Contents, folder: Path) -> None:
    """Families and grades, with grades of other standards that are equivalent."""
    table = contents.table(Kind.MATERIAL)
    columns = ["code", "parent", "name_vi", "name_en", "equivalents", "hs_chapters"]
    for line in read(folder, "materials.csv", columns=columns):
        ref = table.add(
            line,
            line["code"],
            name_vi=line["name_vi"],
            name_en=line["name_en"],
            parent=None,
            hs_chapters=line.listed("hs_chapters"),
        )
        contents.add_names(line, ref, vi=line["name_vi"], en=line["name_en"])
        contents.add_terms(line, ref, line.listed("equivalents"), Source.EQUIVALENT)
    _hang_all(contents, Kind.MATERIAL)


def read_standards(contents: Contents, folder: Path) -> None:
    """Standards, what each implies, and the names that are no longer valid."""
    table = contents.table(Kind.STANDARD)
    texts = ["title_vi", "title_en", "domain", "kind", "owner"]
    columns = ["code", "name", "title_en", "title_vi", "domain", "kind", "owner", "fields", "typical_validity_years"]
    columns += ["implies", "aliases", "superseded_aliases", "counts_as_international"]
    for line in read(folder, "standards.csv", columns=columns):
        line.check_choice("domain", Standard.Domain.values)
        line.check_choice("kind", Standard.Type.values)
        line.check_choice("counts_as_international", ["0", "1"])
        ref = table.add(
            line,
            line["code"],
            name_vi=line["name"],
            name_en=line["name"],
            fields=line.listed("fields"),
            typical_validity_years=line.number_in("typical_validity_years", int)
            if line["typical_validity_years"]
            else None,
            counts_as_international=line["counts_as_international"] == "1",
            **{text: line[text] for text in texts},
        )
        contents.add_terms(line, ref, [line["name"]], Source.NAME)
        contents.add_terms(line, ref, line.listed("aliases"), Source.ALIAS)
        contents.add_terms(line, ref, line.listed("superseded_aliases"), Source.SUPERSEDED)
        contents.add_terms(line, ref, [line["title_vi"]], Source.TITLE, "vi")
        contents.add_terms(line, ref, [line["title_en"]], Source.TITLE, "en")
    for key, line in table.lines.items():
        for weaker in line.listed("implies"):
            contents.implies.add((Ref(Kind.STANDARD, key), table.ref(line, weaker)))


def read_sectors(contents: Contents, folder: Path) -> None:
    """The sectors of the city's programme."""
    for line in read(folder, "sectors.csv", columns=["code", "name_vi", "name_en"]):
        ref = contents.table(Kind.SECTOR).add(line, line["code"], name_vi=line["name_vi"], name_en=line["name_en"])
        contents.add_names(line, ref, vi=line["name_vi"], en=line["name_en"])


def read_industries_of_2025(contents: Contents, folder: Path) -> None:
    """VSIC 2025, section C."""
    table = contents.table(Kind.INDUSTRY)
    columns = ["code", "level", "parent", "name_vi", "name_en", "name_en_source", "isic5"]
    for line in read(folder, "industries_2025.csv", columns=columns):
        ref = table.add(
            line,
            VSIC_2025,
            line["code"],
            name_vi=line["name_vi"],
            name_en=line["name_en"],
            level=line.number_in("level", int),
            parent=None,
            isic_5=line["isic5"],
        )
        contents.add_names(line, ref, vi=line["name_vi"], en=line["name_en"])
    for key, line in table.lines.items():
        if line["parent"]:
            table.hang(key, (VSIC_2025, line["parent"]))


def read_industries_of_2018(contents: Contents, folder: Path) -> None:
    """Classes of VSIC 2018, section C, and where their content went."""
    table = contents.table(Kind.INDUSTRY)
    columns = ["code_2018", "name_vi_2018", "to_2025", "relationship", "verified"]
    for line in read(folder, "industries_2018.csv", columns=columns):
        line.check_choice("relationship", IndustrySuccession.Relationship.values)
        line.check_choice("verified", ["0", "1"])
        ref = table.add(
            line,
            VSIC_2018,
            line["code_2018"],
            name_vi=line["name_vi_2018"],
            name_en="",
            level=len(line["code_2018"]),
            parent=None,
            isic_5="",
        )
        contents.add_names(line, ref, vi=line["name_vi_2018"])
        values = {"relationship": line["relationship"], "is_verified": line["verified"] == "1"}
        for code in line.listed("to_2025"):
            contents.successions[ref, table.ref(line, VSIC_2025, code)] = values


def read_synonyms(contents: Contents, folder: Path) -> None:
    """More names for entries of the other files."""
    for line in read(folder, "synonyms.csv", columns=["kind", "code", "texts"]):
        ref = _table_of(contents, line).ref(line, line["code"])
        contents.add_terms(line, ref, line.listed("texts"), Source.SYNONYM)


def read_ambiguous(contents: Contents, folder: Path) -> None:
    """Words that people use for several entries: asked about, never picked."""
    for line in read(folder, "ambiguous.csv", columns=["kind", "text", "codes"]):
        table = _table_of(contents, line)
        if len(line.listed("codes")) < 2:
            raise line.fault(f"{line['text']} has fewer than two codes, so it is not ambiguous")
        for code in line.listed("codes"):
            contents.add_ambiguous(line, table.ref(line, code), line["text"])


def _table_of(contents: Contents, line: Line) -> Table:
    line.check_choice("kind", [Kind.PROCESS, Kind.MATERIAL, Kind.STANDARD])
    return contents.table(Kind(line["kind"]))


def _hang_all(contents: Contents, kind: Kind) -> None:
    table = contents.table(kind)
    for key, line in table.lines.items():
        if line["parent"]:
            table.hang(key, (line["parent"],))
