"""Examples of this app's bodies in the OpenAPI document, by name of the serializer."""

from typing import Any

ORGANISATION = {
    "legal_name": "Công ty TNHH Cơ khí Chính xác Phú Tùng",
    "trade_name": "Phu Tung Precision",
    "country": "VN",
    "tax_code": "0100109106",
    "address": "Lô 12, KCN Quang Minh, Mê Linh, Hà Nội",
    "website": "https://phutung.example",
    "contact_name": "Nguyễn Thị Lan",
    "contact_email": "lan@phutung.example",
    "contact_phone": "+84901234567",
}
EXAMPLES: dict[str, Any] = {
    "OrganisationWriter": ORGANISATION,
    "NewOrganisationWriter": {"kind": "supplier", **ORGANISATION},
    "InvitationWriter": {"email": "hung@phutung.example", "role": "editor"},
    "RoleWriter": {"role": "owner"},
    "MeWriter": {
        "full_name": "Nguyễn Thị Lan",
        "phone": "+84901234567",
        "language": "vi",
        "time_zone": "Asia/Ho_Chi_Minh",
    },
    "ApiKeyWriter": {"name": "ERP", "scopes": ["read", "write"], "allowed_networks": ["203.0.113.0/24"]},
    "ApiKeyChangeWriter": {"name": "ERP, Hanoi plant", "allowed_networks": ["203.0.113.0/24"]},
    "RotationWriter": {"overlap_hours": 24},
    "ConsentWriter": {"purpose": "contact_sharing", "text_version": "2026-11", "given": True},
}
