"""Examples of this app's bodies in the OpenAPI document, by name of the serializer: a maker of motors."""

from typing import Any

BUYER = "buy_5t8r2n6k9c3x7w1m4q0z"
PLANT = "plt_2h6d9s4b8v1n5j7f3k0g"
CREATED = {"created_at": "2026-11-02T03:15:00Z", "updated_at": "2026-11-20T08:40:12.250000Z"}

ACCOUNT = {
    "parent_country": "JP",
    "sectors": ["components"],
    "description": "Electric motors for household appliances.",
}
HANOI = {
    "name": "Hanoi plant",
    "address": "Lô B4, KCN Thăng Long, Đông Anh, Hà Nội",
    "province": "2025:01",
    "latitude": 21.1172,
    "longitude": 105.7744,
}
SHAFT = {
    "title": "Motor shaft, 20 mm",
    "description": "As drawing MS-20 rev. C; ground journals.",
    "part_family": "shafts",
    "hs_code": "848310",
    "operations": [
        {
            "process": "MACH.CNC_TURN",
            "materials": ["STEEL.S45C"],
            "tolerance_mm": 0.02,
            "roughness_um": 0.8,
            "part_size_mm": [180, 20, 20],
            "part_mass_kg": 0.45,
        }
    ],
    "monthly_quantity": 5000,
    "quantity_unit": "pcs",
    "lead_time_days": 30,
    "moq": 500,
    "standards_required": ["ISO9001"],
    "near_km": 50,
    "far_km": 300,
    "languages": ["en", "ja"],
    "criteria": {"tolerance": {"mode": "must", "min_level": 1}, "lead_time": {"mode": "should", "weight": 2}},
    "nda_needed": True,
}
WORDS = "tiện CNC trục S45C, 5000 cái/tháng, giao tại KCN Thăng Long"
EXAMPLES: dict[str, Any] = {
    "TextWriter": {"text": WORDS},
    "DraftSerializer": {
        "text": WORDS,
        "requirement": {
            "title": WORDS,
            "description": WORDS,
            "operations": [{"process": "MACH.CNC_TURN", "materials": ["STEEL.S45C"]}],
            "monthly_quantity": 5000,
            "quantity_unit": "pcs",
        },
        "place": {"park": "kcn-bac-thang-long", "province": "2025:01"},
        "readings": [
            {
                "start": 20,
                "end": 34,
                "text": "5000 cái/tháng",
                "pointer": "/monthly_quantity",
                "value": 5000,
                "confidence": 0.95,
                "question": None,
                "detail": None,
                "candidates": [],
            }
        ],
        "not_understood": [{"start": 9, "end": 13, "text": "trục"}],
    },
    "BuyerWriter": ACCOUNT,
    "PlantWriter": HANOI,
    "PlantItemsWriter": {"items": [HANOI]},
    "RequirementWriter": {**SHAFT, "plant": PLANT, "visibility": "matched"},
    "RequirementItemsWriter": {"items": [{**SHAFT, "plant": PLANT}]},
    "RequirementAttachmentWriter": {"file": "shaft-40cr.pdf", "kind": "drawing"},
    "PreviewWriter": {"operations": SHAFT["operations"], "standards_required": ["ISO9001"], "lead_time_days": 30},
    "ReopenWriter": {"answer_by": "2027-01-31"},
    "PlantSerializer": {"id": PLANT, "buyer": BUYER, **HANOI, "old_province": None, "park": None, **CREATED},
}
