"""What an explanation says, in English and Vietnamese: numbers, days, evidence, and one sentence per situation."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from matchmaking.engine.advice import ENGLISH_ADVICE, VIETNAMESE_ADVICE

Language = Literal["en", "vi"]

ENGLISH: Final[Mapping[str, str]] = {
    "evidence.0": " (declared by the supplier, L0, on {day})",
    "evidence.1": " (documented at L1 on {day})",
    "evidence.2": " (checked at L2 on {day})",
    "evidence.3": " (seen on site at L3 on {day})",
    "evidence.4": " (confirmed by a buyer at L4 on {day})",
    "role.core": "core process",
    "role.supplementary": "supplementary process",
    "role.subcontracted": "subcontracted process",
    "step": "{number}. {process}: {sentence}",
    "below_level": "The evidence is below the level asked, L{level}: have it checked.",
    "stale": "The evidence is too old to pass: confirm it again.",
    "no_capability": "There is no capability for {process}, so nothing counts here.",
    "process.same": "Runs {actual} ({role}), as required{evidence}.",
    "process.narrower": "Runs {actual} ({role}), which is a kind of the required {required}{evidence}.",
    "process.broader": (
        "Declares only the wider {actual}, as a {role}{evidence}; declaring {required} would confirm it."
    ),
    "process.none": "There is no capability for {required}; adding one would meet it.",
    "material.meets": "Works with all required materials ({required}){evidence}.",
    "material.misses": "Of the required materials ({required}), {gaps}{evidence}; declaring them would meet it.",
    "material.missing": "{materials} not declared",
    "material.broader": "only a wider group declared for {materials}",
    "material.unknown": "No materials are given; list the materials that the process handles.",
    "tolerance.meets": "Tolerance ±{actual} mm meets the required ±{required} mm{evidence}.",
    "tolerance.misses": (
        "Tolerance ±{actual} mm misses the required ±{required} mm by {gap} mm{evidence}; "
        "±{required} mm or finer would meet it."
    ),
    "tolerance.unknown": "No tolerance is given; state the best tolerance held (± mm).",
    "roughness.meets": "Roughness Ra {actual} µm meets the required Ra {required} µm{evidence}.",
    "roughness.misses": (
        "Roughness Ra {actual} µm misses the required Ra {required} µm by {gap} µm{evidence}; "
        "Ra {required} µm or finer would meet it."
    ),
    "roughness.unknown": "No roughness is given; state the best Ra reached (µm).",
    "part_size.meets": "The working envelope of {actual} mm holds the part of {required} mm{evidence}.",
    "part_size.misses": (
        "The working envelope of {actual} mm does not hold the part of {required} mm: {gap} mm are missing on "
        "the tightest side{evidence}; {required} mm or more would meet it."
    ),
    "part_size.unknown": "No working envelope is given; state the largest part (mm × mm × mm).",
    "part_mass.meets": "The largest mass of {actual} kg covers the part of {required} kg{evidence}.",
    "part_mass.misses": (
        "The largest mass of {actual} kg is {gap} kg short of the part's {required} kg{evidence}; "
        "{required} kg or more would meet it."
    ),
    "part_mass.unknown": "No largest mass is given; state the heaviest part handled (kg).",
    "capacity.meets": "About {actual} {unit} free a month cover the required {required} {unit}{evidence}.",
    "capacity.misses": (
        "About {actual} {unit} free a month are about {gap} {unit} short of the required {required} {unit}{evidence}; "
        "{required} {unit} free would meet it."
    ),
    "capacity.unknown": "The free capacity is not known; state the monthly capacity and its utilisation (%).",
    "capacity.other_unit": (
        "The capacity is given in {unit}, not in {required_unit} as required; state it in that unit."
    ),
    "moq.meets": "The minimum order of {actual} is within the accepted {required}{evidence}.",
    "moq.misses": (
        "The minimum order of {actual} exceeds the accepted {required} by {gap}{evidence}; "
        "{required} or fewer would meet it."
    ),
    "moq.unknown": "No minimum order is given; state it.",
    "lead_time.meets": "A lead time of {actual} days meets the required {required} days{evidence}.",
    "lead_time.misses": (
        "A lead time of {actual} days misses the required {required} days by {gap} days{evidence}; "
        "{required} days or fewer would meet it."
    ),
    "lead_time.unknown": "The lead time of a step is not known; state the days for every step.",
    "certificate.held": "{standard} is held{through}, {validity}{evidence}.",
    "certificate.through": " through {certificate}",
    "certificate.until": "valid until {day}",
    "certificate.endless": "without an expiry date",
    "certificate.ended": (
        "The certificate for {standard} ends on {day}{evidence}; one valid on {needed_on} would meet it."
    ),
    "certificate.to_start": (
        "The certificate for {standard} starts only on {day}{evidence}; one valid on {needed_on} would meet it."
    ),
    "certificate.undated": "The certificate for {standard} has no expiry date{evidence}; stating it would settle it.",
    "certificate.none": "{standard} is not held{evidence}; a certificate valid on {needed_on} would meet it.",
    "certificate.unknown": "{standard}: certificates were never filled in; list them, or state that there are none.",
    "distance.meets": "The nearest site is {actual} km from the plant, within {required} km.",
    "distance.misses": (
        "The nearest site is {actual} km from the plant, {gap} km beyond the near limit; "
        "one within {required} km would meet it."
    ),
    "distance.unknown": "No site concerned has coordinates; give the site's place on the map.",
    "corridor.meets": "A site lies in the plant's province or on a corridor with it.",
    "corridor.misses": "No site lies in the plant's province or on a corridor with it; one there would meet it.",
    "corridor.unknown": "The province of the plant or of the sites is not known; state it.",
    "languages.meets": "Speaks all languages asked ({required}){evidence}.",
    "languages.misses": "Of the languages asked ({required}), {missing} missing{evidence}; adding them would meet it.",
    "languages.unknown": "No languages are given; list those spoken.",
    "export_experience.meets": "An export share of {actual}% meets the asked {required}%{evidence}.",
    "export_experience.misses": (
        "An export share of {actual}% misses the asked {required}% by {gap} points{evidence}; "
        "{required}% or more would meet it."
    ),
    "export_experience.unknown": "No export share is given; state the percentage of sales.",
    "track_record.above": (
        "{good} of {deliveries} deliveries were on time and accepted: with 95% confidence at least {low}%, "
        "and {required}% are asked."
    ),
    "track_record.open": (
        "{good} of {deliveries} deliveries were on time and accepted: with 95% confidence {low}% to {high}%, "
        "and {required}% are asked; more confirmed deliveries would settle it."
    ),
    "track_record.below": (
        "{good} of {deliveries} deliveries were on time and accepted: with 95% confidence at most {high}%, "
        "and {required}% are asked; a better record would meet it."
    ),
    "track_record.unknown": "No delivery has been reported; deliveries confirmed by buyers would count.",
}

VIETNAMESE: Final[Mapping[str, str]] = {
    **{f"evidence.{level}": f" (mức L{level}, ngày {{day}})" for level in range(5)},
    "role.core": "công đoạn chính",
    "role.supplementary": "công đoạn bổ trợ",
    "role.subcontracted": "thuê ngoài",
    "step": "{number}. {process}: {sentence}",
    "below_level": "Minh chứng chưa đạt mức yêu cầu L{level}: cần được kiểm tra thêm.",
    "stale": "Minh chứng đã quá cũ nên chưa được tính là đạt: cần xác nhận lại.",
    "no_capability": "Chưa có năng lực {process} nên không được tính điểm ở tiêu chí này.",
    "process.same": "Có {actual} ({role}), đúng yêu cầu{evidence}.",
    "process.narrower": "Có {actual} ({role}), thuộc nhóm {required} được yêu cầu{evidence}.",
    "process.broader": (
        "Mới chỉ khai báo nhóm rộng hơn là {actual}, {role}{evidence}; khai báo rõ {required} thì được xác nhận."
    ),
    "process.none": "Chưa có năng lực {required}; bổ sung năng lực này thì đạt.",
    "material.meets": "Gia công được tất cả vật liệu yêu cầu ({required}){evidence}.",
    "material.misses": "Trong các vật liệu yêu cầu ({required}): {gaps}{evidence}; khai báo bổ sung thì đạt.",
    "material.missing": "chưa khai báo {materials}",
    "material.broader": "mới khai báo nhóm rộng hơn của {materials}",
    "material.unknown": "Chưa có thông tin vật liệu; hãy liệt kê các vật liệu gia công được.",
    "tolerance.meets": "Dung sai ±{actual} mm đạt yêu cầu ±{required} mm{evidence}.",
    "tolerance.misses": (
        "Dung sai ±{actual} mm chưa đạt yêu cầu ±{required} mm, còn thiếu {gap} mm{evidence}; "
        "từ ±{required} mm trở xuống thì đạt."
    ),
    "tolerance.unknown": "Chưa có dung sai; hãy bổ sung dung sai tốt nhất đạt được (± mm).",
    "roughness.meets": "Độ nhám Ra {actual} µm đạt yêu cầu Ra {required} µm{evidence}.",
    "roughness.misses": (
        "Độ nhám Ra {actual} µm chưa đạt yêu cầu Ra {required} µm, còn thiếu {gap} µm{evidence}; "
        "từ Ra {required} µm trở xuống thì đạt."
    ),
    "roughness.unknown": "Chưa có độ nhám; hãy bổ sung độ nhám Ra tốt nhất đạt được (µm).",
    "part_size.meets": "Kích thước gia công {actual} mm đủ cho chi tiết {required} mm{evidence}.",
    "part_size.misses": (
        "Kích thước gia công {actual} mm không đủ cho chi tiết {required} mm: thiếu {gap} mm ở cạnh chật nhất"
        "{evidence}; từ {required} mm trở lên thì đạt."
    ),
    "part_size.unknown": "Chưa có kích thước gia công; hãy bổ sung kích thước chi tiết lớn nhất (mm × mm × mm).",
    "part_mass.meets": "Khối lượng lớn nhất {actual} kg đủ cho chi tiết {required} kg{evidence}.",
    "part_mass.misses": (
        "Khối lượng lớn nhất {actual} kg còn thiếu {gap} kg so với chi tiết {required} kg{evidence}; "
        "từ {required} kg trở lên thì đạt."
    ),
    "part_mass.unknown": "Chưa có khối lượng lớn nhất; hãy bổ sung khối lượng chi tiết nặng nhất gia công được (kg).",
    "capacity.meets": "Công suất còn trống khoảng {actual} {unit}/tháng đáp ứng yêu cầu {required} {unit}{evidence}.",
    "capacity.misses": (
        "Công suất còn trống khoảng {actual} {unit}/tháng chưa đáp ứng yêu cầu {required} {unit}, "
        "còn thiếu khoảng {gap} {unit}{evidence}; "
        "còn trống từ {required} {unit}/tháng thì đạt."
    ),
    "capacity.unknown": "Chưa rõ công suất còn trống; hãy bổ sung công suất hằng tháng và mức sử dụng (%).",
    "capacity.other_unit": (
        "Công suất tính bằng {unit}, còn yêu cầu tính bằng {required_unit}; hãy khai báo theo đơn vị được yêu cầu."
    ),
    "moq.meets": "Đơn hàng tối thiểu {actual} nằm trong mức chấp nhận {required}{evidence}.",
    "moq.misses": (
        "Đơn hàng tối thiểu {actual} vượt mức chấp nhận {required} là {gap}{evidence}; từ {required} trở xuống thì đạt."
    ),
    "moq.unknown": "Chưa có đơn hàng tối thiểu; hãy bổ sung.",
    "lead_time.meets": "Thời gian giao hàng {actual} ngày đạt yêu cầu {required} ngày{evidence}.",
    "lead_time.misses": (
        "Thời gian giao hàng {actual} ngày vượt yêu cầu {required} ngày là {gap} ngày{evidence}; "
        "từ {required} ngày trở xuống thì đạt."
    ),
    "lead_time.unknown": "Chưa rõ thời gian của một công đoạn; hãy bổ sung số ngày cho từng công đoạn.",
    "certificate.held": "Có {standard}{through}, {validity}{evidence}.",
    "certificate.through": " thông qua {certificate}",
    "certificate.until": "hiệu lực đến {day}",
    "certificate.endless": "không có thời hạn",
    "certificate.ended": (
        "Chứng nhận {standard} hết hạn ngày {day}{evidence}; cần chứng nhận còn hiệu lực ngày {needed_on}."
    ),
    "certificate.to_start": (
        "Chứng nhận {standard} chỉ có hiệu lực từ ngày {day}{evidence}; cần chứng nhận có hiệu lực ngày {needed_on}."
    ),
    "certificate.undated": "Chứng nhận {standard} chưa ghi ngày hết hạn{evidence}; hãy bổ sung để được tính.",
    "certificate.none": "Chưa có {standard}{evidence}; cần chứng nhận có hiệu lực ngày {needed_on}.",
    "certificate.unknown": "{standard}: chưa khai báo mục chứng nhận; hãy liệt kê, hoặc ghi rõ là không có.",
    "distance.meets": "Cơ sở gần nhất cách nhà máy {actual} km, trong phạm vi {required} km.",
    "distance.misses": (
        "Cơ sở gần nhất cách nhà máy {actual} km, xa hơn mức gần {gap} km; trong phạm vi {required} km thì đạt."
    ),
    "distance.unknown": "Chưa có tọa độ của cơ sở liên quan; hãy bổ sung vị trí trên bản đồ.",
    "corridor.meets": "Có cơ sở cùng tỉnh hoặc cùng hành lang kinh tế với nhà máy.",
    "corridor.misses": (
        "Không có cơ sở nào cùng tỉnh hoặc cùng hành lang kinh tế với nhà máy; có một cơ sở như vậy thì đạt."
    ),
    "corridor.unknown": "Chưa rõ tỉnh của nhà máy hoặc của các cơ sở; hãy bổ sung.",
    "languages.meets": "Sử dụng được tất cả ngôn ngữ yêu cầu ({required}){evidence}.",
    "languages.misses": "Trong các ngôn ngữ yêu cầu ({required}), còn thiếu {missing}{evidence}; bổ sung thì đạt.",
    "languages.unknown": "Chưa có thông tin ngôn ngữ; hãy liệt kê các ngôn ngữ sử dụng được.",
    "export_experience.meets": "Tỷ lệ xuất khẩu {actual}% đạt yêu cầu {required}%{evidence}.",
    "export_experience.misses": (
        "Tỷ lệ xuất khẩu {actual}% chưa đạt yêu cầu {required}%, còn thiếu {gap} điểm phần trăm{evidence}; "
        "từ {required}% trở lên thì đạt."
    ),
    "export_experience.unknown": "Chưa có tỷ lệ xuất khẩu; hãy bổ sung phần trăm doanh thu xuất khẩu.",
    "track_record.above": (
        "{good}/{deliveries} lần giao hàng đúng hạn và được chấp nhận: với độ tin cậy 95%, ít nhất là {low}%; "
        "yêu cầu {required}%."
    ),
    "track_record.open": (
        "{good}/{deliveries} lần giao hàng đúng hạn và được chấp nhận: với độ tin cậy 95%, từ {low}% đến {high}%; "
        "yêu cầu {required}%, cần thêm lần giao hàng được xác nhận để kết luận."
    ),
    "track_record.below": (
        "{good}/{deliveries} lần giao hàng đúng hạn và được chấp nhận: với độ tin cậy 95%, nhiều nhất là {high}%; "
        "yêu cầu {required}%, cần thành tích tốt hơn để đạt."
    ),
    "track_record.unknown": "Chưa có lần giao hàng nào được báo cáo; lần giao hàng do bên mua xác nhận sẽ được tính.",
}

SENTENCES: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {**ENGLISH, **ENGLISH_ADVICE},
    "vi": {**VIETNAMESE, **VIETNAMESE_ADVICE},
}
_DIGITS: Final = 6
_SWAPPED: Final = str.maketrans(",.", ".,")


class Words:
    """One language's way of saying things.

    Args:
        labels: names, in that language, of processes, materials, standards, languages and units by their codes.
    """

    def __init__(self, language: Language, labels: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._labels = labels or {}
        self._sentences = SENTENCES[language]

    def say(self, situation: str, **fields: object) -> str:
        return self.told(situation, fields)

    def told(self, situation: str, fields: Mapping[str, object]) -> str:
        return self._sentences[situation].format_map(fields)

    def plain(self, situation: str) -> str:
        """The same of one without fields."""
        return self._sentences[situation]

    def label(self, code: str | None) -> str:
        return self._labels.get(code, code) if code is not None else "–"

    def labels(self, codes: Iterable[str]) -> str:
        return ", ".join([self.label(code) for code in codes])

    def number(self, value: float) -> str:
        """At most six decimals; very large and very small ones with an exponent."""
        return _number(self.language, value)

    def size(self, sides: Iterable[float]) -> str:
        """Longest side first."""
        return " × ".join([self.number(side) for side in sorted(sides, reverse=True)])

    def day(self, day: date) -> str:
        return day.isoformat() if self.language == "en" else f"{day.day:02}/{day.month:02}/{day.year}"

    def evidence(self, level: int, observed: date) -> str:
        return _evidence(self.language, level, observed)


# The same figures and days come again with every ranking.


@lru_cache(maxsize=16_384)
def _number(language: Language, value: float) -> str:
    is_plain = value == 0 or 1e-4 <= abs(value) < 1e15
    text = f"{value + 0:,.{_DIGITS}f}".rstrip("0").rstrip(".") if is_plain else f"{value:.{_DIGITS}g}"
    return text if language == "en" else text.translate(_SWAPPED)


@lru_cache(maxsize=16_384)
def _evidence(language: Language, level: int, observed: date) -> str:
    words = Words(language)
    return words.say(f"evidence.{level}", day=words.day(observed))
