"""How entries of the vocabulary look on the wire. Read only."""

from typing import Any

from rest_framework import serializers

from taxonomy.models import (
    Corridor,
    Entry,
    IndustrialPark,
    Industry,
    IndustrySuccession,
    Material,
    Process,
    Province,
    Sector,
    Source,
    Standard,
)

COMMON = ["code", "name", "names", "is_withdrawn"]
OTHER_NAMES = (Source.SYNONYM, Source.EQUIVALENT, Source.ALIAS, Source.TAUGHT)


class NamesSerializer(serializers.Serializer[Any]):
    """An entry's names by language; languages without a name are left out."""

    vi = serializers.CharField(required=False)
    en = serializers.CharField(required=False)
    ja = serializers.CharField(required=False)
    ko = serializers.CharField(required=False)
    zh = serializers.CharField(required=False)


class EntrySerializer(serializers.ModelSerializer[Any]):
    """What all entries have in common."""

    name = serializers.SerializerMethodField(help_text="In the language of Accept-Language, where there is one.")
    names = NamesSerializer(read_only=True)

    def get_name(self, entry: Entry) -> str:
        return entry.name_in(self.context["language"])


class SynonymsSerializer(EntrySerializer):
    """An entry with the other names that find it."""

    synonyms = serializers.SerializerMethodField(help_text="Other names, equivalent grades and aliases.")

    def get_synonyms(self, entry: Any) -> list[str]:
        return sorted(term.text for term in entry.terms.all() if term.source in OTHER_NAMES)


class ProcessSerializer(SynonymsSerializer):
    """A process or group of processes."""

    parent = serializers.SlugRelatedField[Process](  # type: ignore[assignment]
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = Process
        fields = [*COMMON, "parent", "fields", "vsic_2025", "synonyms"]
        read_only_fields = fields


class MaterialSerializer(SynonymsSerializer):
    """A material, family or grade."""

    parent = serializers.SlugRelatedField[Material](  # type: ignore[assignment]
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = Material
        fields = [*COMMON, "parent", "hs_chapters", "synonyms"]
        read_only_fields = fields


class StandardSerializer(SynonymsSerializer):
    """A standard, mark or scheme."""

    implies = serializers.SlugRelatedField[Standard](slug_field="code", many=True, read_only=True)
    superseded = serializers.SerializerMethodField(help_text="Withdrawn names that this standard has replaced.")

    class Meta:
        model = Standard
        fields = [
            *COMMON,
            *("title_vi", "title_en", "domain", "kind", "owner", "fields", "typical_validity_years"),
            *("counts_as_international", "implies", "synonyms", "superseded"),
        ]
        read_only_fields = fields

    def get_superseded(self, standard: Standard) -> list[str]:
        return sorted(term.text for term in standard.terms.all() if term.source == Source.SUPERSEDED)


class ProvinceReferenceSerializer(serializers.ModelSerializer[Province]):
    """A province named by another entry."""

    name = serializers.CharField(source="name_vi", read_only=True)

    class Meta:
        model = Province
        fields = ["edition", "code", "name"]
        read_only_fields = fields


class ProvinceSerializer(EntrySerializer):
    """A province of one edition."""

    successor = ProvinceReferenceSerializer(read_only=True, allow_null=True)
    predecessors = ProvinceReferenceSerializer(many=True, read_only=True)

    class Meta:
        model = Province
        fields = [
            *("edition", *COMMON, "full_name_vi", "full_name_en", "unit_type", "region_code", "phone_area_code"),
            *("latitude", "longitude", "successor", "predecessors"),
        ]
        read_only_fields = fields


class CorridorSerializer(EntrySerializer):
    """A corridor with its provinces of both editions."""

    provinces = ProvinceReferenceSerializer(many=True, read_only=True)

    class Meta:
        model = Corridor
        fields = [*COMMON, "provinces"]
        read_only_fields = fields


class ParkSerializer(EntrySerializer):
    """An industrial park, cluster or export processing zone."""

    province = ProvinceReferenceSerializer(read_only=True)
    old_province = ProvinceReferenceSerializer(read_only=True, allow_null=True)

    class Meta:
        model = IndustrialPark
        fields = [*COMMON, "kind", "province", "old_province", "latitude", "longitude"]
        read_only_fields = fields


class SuccessionSerializer(serializers.ModelSerializer[IndustrySuccession]):
    """Where the content of an old industry code went."""

    code = serializers.CharField(source="new.code", read_only=True)

    class Meta:
        model = IndustrySuccession
        fields = ["code", "relationship", "is_verified"]
        read_only_fields = fields


class IndustrySerializer(EntrySerializer):
    """A code of the industrial classification, in one edition."""

    parent = serializers.SlugRelatedField[Industry](  # type: ignore[assignment]
        slug_field="code", read_only=True, allow_null=True
    )
    successions = SuccessionSerializer(many=True, read_only=True)

    class Meta:
        model = Industry
        fields = ["edition", *COMMON, "level", "parent", "isic_5", "successions"]
        read_only_fields = fields


class SectorSerializer(EntrySerializer):
    """A sector of the city's programme."""

    class Meta:
        model = Sector
        fields = COMMON
        read_only_fields = COMMON
