"""What each kind of fictional firm makes, and between which limits its figures are drawn."""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Trade:
    """A kind of firm. Ranges are drawn from evenly on a logarithmic scale."""

    group: str
    firms: int
    word_vi: str
    word_en: str
    processes: tuple[str, ...]
    also: tuple[str, ...]
    materials: tuple[str, ...]
    tolerance_mm: Range | None = None
    roughness_um: Range | None = None
    side_mm: Range = (80, 1500)
    mass_kg: Range = (0.5, 400)
    capacity: Range = (2_000, 400_000)
    unit: str = "pcs"
    lead_time_days: Range = (10, 60)
    moq: Range = (50, 10_000)


STEELS = ("STEEL.S45C", "STEEL.SS400", "STEEL.SCM440", "STEEL.SUS304", "STEEL.SUS316", "STEEL.SKD11", "STEEL.SUJ2")
SHEETS = ("STEEL.SPCC", "STEEL.SECC", "STEEL.SGCC", "STEEL.SPHC", "STEEL.SUS304", "AL.5052", "AL.1XXX")
PLASTICS = ("PL.ABS", "PL.PC", "PL.PP", "PL.PA", "PL.POM", "PL.PBT", "PL.PE", "PL.PCABS")
RUBBERS = ("RB.NBR", "RB.EPDM", "RB.NR", "RB.VMQ", "RB.FKM", "RB.CR")

MECHANICAL: tuple[Trade, ...] = (
    Trade(
        group="MACH",
        firms=230,
        word_vi="Cơ khí chính xác",
        word_en="Precision Machining",
        processes=("CNC_TURN", "CNC_MILL3", "CNC_MILL5", "MILLTURN", "SGRIND", "CGRIND", "WEDM", "DRILL", "GEAR"),
        also=("HEAT.QT", "SURF.BLACK", "ENGI.CMM", "SURF.ZN"),
        materials=(*STEELS, "AL.6061", "AL.7075", "CU.BRASS", "PL.POM"),
        tolerance_mm=(0.003, 0.1),
        roughness_um=(0.2, 6.3),
    ),
    Trade(
        group="STMP",
        firms=110,
        word_vi="Dập kim loại",
        word_en="Stamping",
        processes=("PROG", "TRANSFER", "DEEP", "FINE", "LARGE"),
        also=("TOOL.STAMPD", "WELD.SPOT", "SURF.ZN", "SURF.ECOAT"),
        materials=(*SHEETS, "STEEL.HSLA", "CU.C1100"),
        tolerance_mm=(0.02, 0.3),
        capacity=(50_000, 3_000_000),
        moq=(1_000, 50_000),
    ),
    Trade(
        group="SHEET",
        firms=120,
        word_vi="Kim khí",
        word_en="Sheet Metal",
        processes=("LASER", "BEND", "PUNCH", "SHEAR", "TUBE", "ENCL", "STRUCT", "WIRE"),
        also=("WELD.MIG", "WELD.TIG", "SURF.POWDER", "ASSY.MECH"),
        materials=SHEETS,
        tolerance_mm=(0.05, 0.8),
        side_mm=(300, 4000),
        mass_kg=(2, 800),
    ),
    Trade(
        group="WELD",
        firms=50,
        word_vi="Kết cấu thép",
        word_en="Welding",
        processes=("MIG", "TIG", "SPOT", "ROBOT", "LASER", "BRAZE"),
        also=("SHEET.LASER", "SHEET.BEND", "SURF.POWDER"),
        materials=("STEEL.SS400", "STEEL.SUS304", "AL.5052", "STEEL.SPHC"),
        tolerance_mm=(0.2, 1.5),
        side_mm=(300, 6000),
        mass_kg=(5, 2000),
        capacity=(200, 100_000),
    ),
    Trade(
        group="CAST",
        firms=60,
        word_vi="Đúc",
        word_en="Casting",
        processes=("HPDC_AL", "LPDC", "SAND", "GRAY", "INVEST", "HPDC_ZN"),
        also=("MACH.CNC_MILL3", "MACH.DRILL", "SURF.BLAST"),
        materials=("AL.ADC12", "AL.A356", "IRON.FC", "IRON.FCD", "ZN", "STEEL.SS"),
        tolerance_mm=(0.05, 1.0),
        roughness_um=(1.6, 12.5),
        capacity=(5_000, 600_000),
    ),
    Trade(
        group="FORG",
        firms=40,
        word_vi="Rèn dập",
        word_en="Forging",
        processes=("HOT", "COLD", "THREAD", "RING", "EXTR_AL"),
        also=("HEAT.QT", "MACH.CNC_TURN"),
        materials=("STEEL.S45C", "STEEL.SCM440", "STEEL.SCM420", "AL.6063", "AL.6061"),
        tolerance_mm=(0.1, 1.0),
        capacity=(5_000, 1_000_000),
    ),
    Trade(
        group="HEAT",
        firms=25,
        word_vi="Nhiệt luyện",
        word_en="Heat Treatment",
        processes=("QT", "CARB", "NITR", "INDUCT", "VAC", "ANNEAL"),
        also=("SURF.BLAST", "ENGI.LAB"),
        materials=STEELS,
        capacity=(10, 400),
        unit="t",
        lead_time_days=(2, 14),
        moq=(0.05, 2),
    ),
    Trade(
        group="SURF",
        firms=45,
        word_vi="Xử lý bề mặt",
        word_en="Surface Treatment",
        processes=("ZN", "ZNNI", "ANOD", "NICR", "POWDER", "ECOAT", "PHOS", "PASS", "HDG"),
        also=("SURF.BLAST", "SURF.BLACK"),
        materials=("STEEL", "AL", "CU", "ZN"),
        capacity=(20_000, 2_000_000),
        lead_time_days=(2, 15),
    ),
    Trade(
        group="TOOL",
        firms=40,
        word_vi="Khuôn mẫu",
        word_en="Tool and Die",
        processes=("INJM", "STAMPD", "DCM", "JIG", "GAUGE"),
        also=("MACH.WEDM", "MACH.SEDM", "MACH.CNC_MILL3"),
        materials=("STEEL.SKD11", "STEEL.SKD61", "STEEL.NAK80", "STEEL.P20", "STEEL.S136"),
        tolerance_mm=(0.003, 0.03),
        roughness_um=(0.1, 1.6),
        capacity=(2, 60),
        unit="set",
        lead_time_days=(25, 90),
        moq=(1, 2),
    ),
)
OTHER: tuple[Trade, ...] = (
    Trade(
        group="PLAS",
        firms=60,
        word_vi="Nhựa kỹ thuật",
        word_en="Plastics",
        processes=("INJ", "INJP", "2K", "BLOW", "EXTR", "THERMO"),
        also=("TOOL.INJM", "SURF.PRINT", "ASSY.MECH"),
        materials=PLASTICS,
        tolerance_mm=(0.02, 0.3),
        capacity=(20_000, 3_000_000),
    ),
    Trade(
        group="RUBB",
        firms=20,
        word_vi="Cao su kỹ thuật",
        word_en="Rubber",
        processes=("COMP", "INJ", "EXTR", "SEAL", "HOSE"),
        also=("RUBB.NVH",),
        materials=RUBBERS,
        tolerance_mm=(0.05, 0.5),
        capacity=(20_000, 2_000_000),
    ),
    Trade(
        group="ELEC",
        firms=40,
        word_vi="Điện tử",
        word_en="Electronics",
        processes=("SMT", "THT", "BOX", "TEST", "COIL", "PCB"),
        also=("WIRE.HARN", "ENGI.SORT"),
        materials=("PL.FR4", "CU.C1100"),
        capacity=(5_000, 800_000),
    ),
    Trade(
        group="WIRE",
        firms=20,
        word_vi="Dây điện",
        word_en="Wire Harness",
        processes=("HARN", "CABLE", "CRIMP"),
        also=("ASSY.MECH",),
        materials=("CU.C1100", "PL.PVC"),
        capacity=(5_000, 500_000),
    ),
    Trade(
        group="TEXT",
        firms=20,
        word_vi="Phụ liệu may",
        word_en="Trims",
        processes=("WEAVE", "KNIT", "THREAD", "ZIP", "LABEL", "CMT"),
        also=(),
        materials=("TX.COTTON", "TX.POLY"),
        capacity=(10_000, 900_000),
    ),
    Trade(
        group="PACK",
        firms=20,
        word_vi="Bao bì",
        word_en="Packaging",
        processes=("CARTON", "COLOR", "TRAY", "PEBAG", "PALLET"),
        also=(),
        materials=("PA.KRAFT", "PA.DUPLEX", "PL.PE", "PL.PET"),
        capacity=(20_000, 2_000_000),
        lead_time_days=(3, 15),
    ),
)
ALL = MECHANICAL + OTHER
