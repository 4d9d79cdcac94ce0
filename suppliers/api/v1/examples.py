"""Examples of this app's bodies in the OpenAPI document, by name of the serializer: a firm that turns and mills."""

from typing import Any

SUPPLIER = "sup_3m5k561dh8wnx3jzcg06"
SITE = "sit_xtkd51r8atdey0e67z5f"
CAPABILITY = "cap_k48d0dvejzpbhv1v5arp"
CERTIFICATE = "cer_9w2v7f4h6m1t8q3x5z0c"
CREATED = {"created_at": "2026-11-02T03:15:00Z", "updated_at": "2026-11-20T08:40:12.250000Z"}
CHECKED = {"level": 2, "observed_on": "2026-11-18", "withdrawn_on": None}

PROFILE = {
    "description_vi": "Tiện và phay CNC chi tiết trục, bạc, thân van từ inox và nhôm.",
    "description_en": "CNC turning and milling of shafts, bushings and valve bodies in stainless steel and aluminium.",
    "ownership": "private",
    "founded_year": 2009,
    "employees_total": 86,
    "employees_engineers": 11,
    "employees_quality": 7,
    "revenue_band": "50_to_200",
    "sectors": ["components"],
    "languages": ["en", "ja", "vi"],
    "export_share_pct": 35.0,
}
WORKS = {
    "name": "Nhà máy 1",
    "role": "production",
    "address": "Lô 12, KCN Quang Minh, Mê Linh, Hà Nội",
    "province": "2025:01",
    "latitude": 21.1853,
    "longitude": 105.7727,
}
TURNING = {
    "process": "MACH.CNC_TURN",
    "site": SITE,
    "role": "core",
    "materials": ["AL.6061", "STEEL.SUS304"],
    "tolerance_mm": 0.02,
    "roughness_um": 0.8,
    "envelope_mm": [600.0, 320.0, 320.0],
    "max_mass_kg": 45.0,
    "monthly_capacity": 12000.0,
    "capacity_unit": "pcs",
    "utilisation_pct": 65.0,
    "lead_time_days": 30.0,
    "sample_lead_time_days": 10.0,
    "moq": 200.0,
}
ISO_9001 = {
    "standard": "ISO9001",
    "site": SITE,
    "number": "QMS-2041",
    "issuing_body": "QUACERT",
    "accreditation_body": "BoA",
    "scope": "Machining of precision parts",
    "valid_from": "2025-03-01",
    "expires_on": "2028-02-29",
    "never_expires": False,
}
VISIT = {
    "site": SITE,
    "visited_on": "2026-11-18",
    "visitors": "Nguyễn Thị Hoa, Trần Minh Đức",
    "checklist": {"machines": "yes", "measuring": "yes", "records": "partly", "safety": "not_seen"},
    "conclusion": "Fit for series of shafts up to 600 mm. Records of the last two months are on paper only.",
    "facts": [{"subject": CAPABILITY, "fact": "tolerance_mm"}, {"subject": CERTIFICATE, "fact": "certificate"}],
}
PROGRAMME = "spr_4f8c2v6n1s9k3w7x0d5h"
OFFER = {
    "kind": "consulting",
    "name_vi": "Tư vấn áp dụng ISO 9001 năm 2027",
    "name_en": "ISO 9001 consulting 2027",
    "description_vi": "Hỗ trợ tối đa 50% chi phí tư vấn.",
    "description_en": "Up to half of the consultant's fee.",
    "standards": ["ISO9001"],
    "standing": "below_international",
    "sectors": ["components"],
    "provinces": ["2025:01"],
    "employees_least": 10,
    "employees_most": 200,
    "budget_vnd": "5000000000",
    "opens_on": "2026-11-01",
    "closes_on": "2027-03-31",
}
APPLICATION = {
    "programme": PROGRAMME,
    "supplier": SUPPLIER,
    "note": "Gap analysis is done; certification is planned for June 2027.",
    "asked_vnd": "120000000",
}
MET = [
    {"code": "period", "verdict": "met", "sentence": "Applications are taken until 2027-03-31."},
    {"code": "sector", "verdict": "met", "sentence": "The firm is of a supported sector: Components and spare parts."},
]
CHECK = "chk_7n4c2w9x5m1t8q3z6v0h"
EXAMPLES: dict[str, Any] = {
    "SupplierWriter": PROFILE,
    "SiteWriter": WORKS,
    "SiteItemsWriter": {"items": [WORKS]},
    "CapabilityItemsWriter": {"items": [TURNING]},
    "CertificateItemsWriter": {"items": [ISO_9001]},
    "CapabilityWriter": TURNING,
    "CertificateWriter": ISO_9001,
    "CheckWriter": {"observed_on": "2026-11-18", "source": "Register of QUACERT", "note": "Scope read.", "level": 2},
    "EvidenceWriter": {
        "subject": CAPABILITY,
        "facts": ["tolerance_mm", "roughness_um"],
        "level": 3,
        "observed_on": "2026-11-18",
        "source": "Visit with CMM report 118",
        "note": "Five shafts measured: ±0.018 mm.",
    },
    "UndoCheckWriter": {"check": CHECK, "reason": "The report is of another firm."},
    "AssessmentWriter": VISIT,
    "DocumentWriter": {"file": "iso-9001.pdf", "kind": "certificate", "certificate": CERTIFICATE},
    "ClaimWriter": {"tax_code": "0100109106", "note": "I am the director; the business register shows it."},
    "AssessmentSerializer": {
        "id": "asm_5w8z2c6g0k3n7r1t4x9b",
        **VISIT,
        "facts": [{"id": CHECK, "subject": CAPABILITY, "fact": "tolerance_mm"}],
        "recorded_by": "Phạm Thu Hà",
        "undone_at": None,
        "undone_reason": "",
        **CREATED,
    },
    "ImportUploadWriter": {"file": "hoi-vien-2026.xlsx", "source": "Hội viên 2026", "observed_on": "2026-10-01"},
    "ImportWriter": {"columns": {"Ghi chú": "-", "Ngành nghề": "processes"}, "submit": True},
    "ImportDecisionsWriter": {"decisions": [{"row": 12, "firm": SUPPLIER}, {"row": 30, "firm": "new"}]},
    "ImportWordWriter": {"kind": "process", "text": "Xoay CNC", "code": "MACH.CNC_TURN"},
    "SupportProgrammeWriter": OFFER,
    "SupportApplicationWriter": APPLICATION,
    "SupportApprovalWriter": {"granted_vnd": "100000000"},
    "SupportResultWriter": {"result": "reached", "result_note": "Certified in June 2027.", "spent_vnd": "98000000"},
    "SupportProgrammeSerializer": {
        "id": PROGRAMME,
        "state": "published",
        "state_reason": "",
        **OFFER,
        "granted_vnd": None,
        "accepts_applications": True,
        "qualifies": True,
        "conditions": MET,
        **CREATED,
    },
    "SupportApplicationSerializer": {
        "id": "spa_7c3k9m5x1z6t0w4v8n2q",
        **APPLICATION,
        "legal_name": "Công ty TNHH Cơ khí Phú Tùng",
        "state": "finished",
        "state_reason": "",
        "granted_vnd": "100000000",
        "spent_vnd": "98000000",
        "result": "reached",
        "result_note": "Certified in June 2027.",
        "qualifies": True,
        "conditions": MET,
        "decided_at": "2026-12-04T02:30:00Z",
        "finished_at": "2027-06-30T09:00:00Z",
        **CREATED,
    },
    "SiteSerializer": {
        "id": SITE,
        **WORKS,
        "old_province": None,
        "park": None,
        "coordinates_from": "given",
        **CREATED,
    },
    "CapabilitySerializer": {
        "id": CAPABILITY,
        **TURNING,
        "evidence": {"tolerance_mm": {**CHECKED, "level": 3}},
        "free_capacity": 4200.0,
        **CREATED,
    },
    "CertificateSerializer": {
        "id": CERTIFICATE,
        **ISO_9001,
        "state": "checked",
        "state_reason": "",
        "evidence": {"certificate": CHECKED},
        **CREATED,
    },
}
