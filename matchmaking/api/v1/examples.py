"""Examples of this app's bodies in the OpenAPI document, by name of the serializer."""

from typing import Any

SUPPLIER = "sup_3m5k561dh8wnx3jzcg06"
PLATER = "sup_4t8w2n6k9c3x7m1q5z0b"
REQUIREMENT = "req_8c4w1z6p9t2k5m7v3x0d"
SIDES = {"requirement": REQUIREMENT, "supplier": SUPPLIER}
FINALIST = {"supplier": SUPPLIER, "note": "Samples measured: ±0.018 mm.", "position": 1}
WHAT_MATTERS = [
    ["tolerance"],
    ["process", "certifications"],
    ["capacity"],
    ["lead_time"],
    ["material", "roughness"],
    ["part_size", "part_mass"],
    ["moq"],
    ["distance"],
    ["languages"],
]
CONNECTION: dict[str, Any] = {
    "id": "con_7h2m9x4tq8w1r5e3y6z0",
    "state": "accepted",
    "state_reason": "",
    **SIDES,
    "requirement_title": "Motor shaft, 20 mm",
    "supplier_name": "Phu Tung Precision",
    "buyer": "buy_5t8r2n6k9c3x7w1m4q0z",
    "buyer_name": "Kanto Motors Việt Nam",
    "initiator": "buyer",
    "awaited": [],
    "message": "Could you make 5,000 a month?",
    "expires_at": "2026-12-04T03:15:00Z",
    "decided_at": "2026-11-21T02:10:45.120000Z",
    "state_since": "2026-11-21T02:10:45.120000Z",
    "decline_reason": "",
    "decline_note": "",
    "loss_reason": "",
    "loss_note": "",
    "value_band": "",
    "contract_starts_on": None,
    "created_at": "2026-11-20T03:15:00Z",
    "updated_at": "2026-11-21T02:10:45.120000Z",
}
EXAMPLES: dict[str, Any] = {
    "ConnectionWriter": {**SIDES, "message": "Could you make 5,000 a month?"},
    "DeclineWriter": {"reason": "capacity", "note": "Full until May; please ask again then."},
    "AdvanceWriter": {"to": "contract", "value_band": "50_to_250", "starts_on": "2027-03-01"},
    "MessageWriter": {"text": "Which tolerance applies to the bore?"},
    "DeliveryReportWriter": {"month": "2027-04-01", "deliveries": 12, "good": 11, "note": "One came two days late."},
    "OutcomeWriter": {"status": "ongoing", "value_band": "50_to_250"},
    "EnquiryWriter": {"message": "Could you make 5,000 a month?"},
    "AskedConsortiumSerializer": {
        "shortlist": "shl_2k6r9c4x8m1q5w0z3t7b",
        "results": [
            {"supplier": SUPPLIER, "connection": CONNECTION["id"], "code": ""},
            {"supplier": PLATER, "connection": None, "code": "already_exists"},
        ],
    },
    "OwnConsortiaSerializer": {
        "supplier": SUPPLIER,
        "requirement": REQUIREMENT,
        "title": "Motor shaft, 20 mm",
        "answer_by": "2027-01-31",
        "as_of": "2026-11-25",
        "engine_version": "1.0.0",
        "is_proved": True,
        "fewest_suppliers": 2,
        "operations": [
            {"operation": "1", "process": "MACH.CNC_TURN", "is_own": True},
            {"operation": "2", "process": "SURF.ZN", "is_own": False},
        ],
        "note": "",
        "results": [
            {
                "suppliers": [SUPPLIER, PLATER],
                "lead": SUPPLIER,
                "members": [
                    {
                        "operation": "1",
                        "process": "MACH.CNC_TURN",
                        "supplier": SUPPLIER,
                        "legal_name": "Công ty TNHH Cơ khí Phú Tùng",
                        "trade_name": "Phu Tung Precision",
                        "province": "2025:01",
                    },
                    {
                        "operation": "2",
                        "process": "SURF.ZN",
                        "supplier": PLATER,
                        "legal_name": "Công ty CP Xi mạ Kinh Bắc",
                        "trade_name": "Kinh Bac Plating",
                        "province": "2025:24",
                    },
                ],
                "sentence": "Phu Tung Precision leads and does 1. CNC turning; Kinh Bac Plating does 2. Zinc plating.",
            }
        ],
    },
    "ConsortiumWriter": {"suppliers": [SUPPLIER, PLATER], "message": "Could you make it together?"},
    "WeighWriter": {"rank_order": WHAT_MATTERS},
    "MatchRunWriter": {"requirement": REQUIREMENT},
    "ProgrammeReportWriter": {"quarter": "2026-Q4"},
    "ShortlistWriter": {"name": "Shafts 2027", "description": "For the new line.", "requirement": REQUIREMENT},
    "EntryWriter": FINALIST,
    "EntriesWriter": {"items": [FINALIST]},
    "EntryChangeWriter": {"note": "Visit planned for March.", "position": 2},
    "SavedSearchWriter": {"name": "Turning near Hanoi", "kind": "suppliers", "filters": {"process": "MACH.CNC_TURN"}},
    "SavedSearchChangeWriter": {"name": "Turning in the north", "filters": {"process": "MACH.CNC_TURN"}},
    "ExportWriter": {"kind": "suppliers", "format": "xlsx", "language": "en", "filters": {"process": "MACH.CNC_TURN"}},
    "FactsFileSerializer": {
        "as_of": "2026-11-25",
        "taxonomy": {"processes": {"MACH": None, "MACH.CNC_TURN": "MACH"}},
        "requirement": {"id": REQUIREMENT, "operations": [{"id": "1", "process": "MACH.CNC_TURN"}]},
        "suppliers": [{"id": SUPPLIER, "sites": [], "capabilities": []}],
    },
    "FacetsSerializer": {
        "total": 44,
        "valid_on": "2026-11-25",
        "explanation": "",
        "process": {"results": [{"code": "MACH.CNC_TURN", "name": "CNC turning", "count": 44}], "has_more": True},
        "material": {"results": [{"code": "STEEL", "name": "Steel", "count": 31}], "has_more": True},
        "standard": {"results": [{"code": "ISO9001", "name": "ISO 9001", "count": 29}], "has_more": False},
        "province": {"results": [{"code": "2025:01", "name": "Hanoi", "count": 17}], "has_more": True},
        "sector": {"results": [{"code": "automotive", "name": "Automotive", "count": 12}], "has_more": True},
    },
    "UpgradePlanWriter": {
        "budget_vnd": "1000000000",
        "costs": [
            {"standard": "ISO9001", "cost_vnd": "180000000"},
            {"standard": "IATF16949", "cost_vnd": "520000000"},
        ],
        "aim": "demand",
        "ready_on": "2027-11-30",
        "most_firms": 5,
        "province": "2025:01",
        "sector": "components",
    },
    "UpgradeScenarioWriter": {
        "name": "One billion, certificates in 2027",
        "budget_vnd": "1000000000",
        "costs": [{"standard": "ISO9001", "cost_vnd": "180000000"}],
        "aim": "share",
        "ready_on": "2027-11-30",
    },
    "UpgradeScenarioNameWriter": {"name": "One billion for ISO 9001"},
    "UpgradePlanSerializer": {
        "day": "2026-11-25",
        "budget_vnd": "1000000000",
        "costs": [
            {"standard": "ISO9001", "cost_vnd": "180000000"},
            {"standard": "IATF16949", "cost_vnd": "520000000"},
        ],
        "most_firms": 5,
        "province": {"code": "2025:01", "name_vi": "Hà Nội", "name_en": "Hanoi"},
        "sector": {"code": "components", "name_vi": "Linh kiện", "name_en": "Components"},
        "aim": "demand",
        "ready_on": "2027-11-30",
        "cost_vnd": "180000000",
        "gained": 1,
        "bound": 1,
        "gap": 0,
        "firms": 1,
        "requirements": 1,
        "candidates": 24,
        "without_documents": 6,
        "requirements_asked": 3,
        "explanation": [
            "Firms planned: 1, for 180,000,000 of 1,000,000,000 VND.",
            "Requirements unlocked: 1; no choice within the budget unlocks more.",
            "Only firms with a site in Hanoi are planned; the share by quarter is that of all firms.",
            "Only firms of the sector Components are planned; the share by quarter is that of all firms.",
        ],
        "upgrades": [
            {
                "supplier": SUPPLIER,
                "legal_name": "Công ty TNHH Cơ khí Phú Tùng",
                "standard": "ISO9001",
                "cost_vnd": "180000000",
                "is_international": True,
                "unlocks": [REQUIREMENT],
            }
        ],
        "goal_share_pct": 40,
        "goal_reached_in": None,
        "forecast": [
            {
                "quarter": "2026-Q4",
                "last_day": "2026-12-31",
                "international": 31,
                "share_pct": 35.2,
                "international_with_plan": 31,
                "share_pct_with_plan": 35.2,
            }
        ],
    },
    "ConnectionSerializer": CONNECTION,
    "OpenedConnectionSerializer": {
        **CONNECTION,
        "contacts": [
            {
                "name": "Nguyễn Thị Lan",
                "email": "lan@phutung.example",
                "phone": "+84901234567",
                "role": "owner",
            }
        ],
    },
}
