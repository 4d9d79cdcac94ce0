"""Serializer fields for references to entries that need more than a code."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from taxonomy.models import Province


@extend_schema_field(OpenApiTypes.STR)
class ProvinceField(serializers.Field[Province, str, str, Any]):
    """A province as edition and code, such as `2025:24`: a code alone names different provinces in the two editions."""

    default_error_messages = {
        "invalid": _("Edition and code are required, such as 2025:24."),
        "unknown_code": _("There is no such province."),
    }

    def to_internal_value(self, data: Any) -> Province:
        if not isinstance(data, str) or "\x00" in data or data.count(":") != 1:
            self.fail("invalid")
        edition, code = data.split(":")
        province = Province.objects.filter(edition=edition, code=code).first()
        if province is None:
            self.fail("unknown_code")
        return province

    def to_representation(self, value: Province) -> str:
        return value.reference
