"""What advice says, in English and Vietnamese: what to ask next, which gates to drop, which targets to change."""

from collections.abc import Mapping
from typing import Final

ENGLISH_ADVICE: Final[Mapping[str, str]] = {
    "criterion.process": "Process",
    "criterion.material": "Material",
    "criterion.tolerance": "Tolerance",
    "criterion.roughness": "Roughness",
    "criterion.part_size": "Part size",
    "criterion.part_mass": "Part mass",
    "criterion.capacity": "Free capacity",
    "criterion.moq": "Minimum order",
    "criterion.lead_time": "Lead time",
    "criterion.certifications": "Certificates",
    "criterion.certifications_preferred": "Preferred certificates",
    "criterion.distance": "Distance",
    "criterion.corridor": "Corridor",
    "criterion.languages": "Languages",
    "criterion.export_experience": "Export experience",
    "criterion.track_record": "Track record",
    "confirmed.2": "checked (L2)",
    "confirmed.3": "seen on site (L3)",
    "confirmed.4": "confirmed by a buyer (L4)",
    "ask.unknown": "{what}: not known; fully met and {confirmed}, it would add {gain} to the score.",
    "ask.broad": "{what}: declared too broadly; declared exactly and {confirmed}, it would add {gain} to the score.",
    "ask.weak": "{what}: evidence of level L{level} from {day}; {confirmed} today, it would add {gain} to the score.",
    "ask.place": "{what}: not known; fully met, it would add {gain} to the score.",
    "ask.deliveries": "{what}: more deliveries confirmed by buyers would add up to {gain} to the score.",
    "ask.settles": "That would also settle a gate.",
    "drop.sentence": (
        "Dropping the gates {gates} lets in {joins} more, {eligible} of them with nothing left to confirm."
    ),
    "drop.sentence_of_one": (
        "Dropping the gate {gates} lets in {joins} more, {eligible} of them with nothing left to confirm."
    ),
    "change.sentence": (
        "{what}: {target} instead of {required} lets in {joins} more, {eligible} of them with nothing left to confirm."
    ),
    "target.tolerance": "±{amount} mm",
    "target.roughness": "Ra {amount} µm",
    "target.part_size": "{amount} mm",
    "target.part_mass": "{amount} kg",
    "target.capacity": "{amount} {unit} a month",
    "target.moq": "at most {amount}",
    "target.lead_time": "{amount} days",
    "target.distance": "within {amount} km",
    "target.export_experience": "{amount}%",
    "target.track_record": "{amount}%",
    "gap.standard": "{what}: a valid certificate, {confirmed}",
    "gap.language": "{what}: spoken, {confirmed}",
    "gap.figure": "{what} ({process}): {target} instead of {current}, {confirmed}",
    "gap.new_figure": "{what} ({process}): {target}, {confirmed}",
    "gap.evidence": "What is stated of {process}: {confirmed}",
    "gap.evidence_of_firm": "What is stated of languages and exports: {confirmed}",
    "gap.and": "{first}; and {second}",
    "gap.opens": "{changes}. Eligible for {count} more of the open requirements.",
    "gap.needs": "They need {quantities} a month.",
    "gap.quantity": "{amount} {unit}",
    "gap.only_together": "For {count} of them only with both.",
}

VIETNAMESE_ADVICE: Final[Mapping[str, str]] = {
    "criterion.process": "Công nghệ gia công",
    "criterion.material": "Vật liệu",
    "criterion.tolerance": "Dung sai",
    "criterion.roughness": "Độ nhám",
    "criterion.part_size": "Kích thước chi tiết",
    "criterion.part_mass": "Khối lượng chi tiết",
    "criterion.capacity": "Công suất còn trống",
    "criterion.moq": "Đơn hàng tối thiểu",
    "criterion.lead_time": "Thời gian giao hàng",
    "criterion.certifications": "Chứng nhận",
    "criterion.certifications_preferred": "Chứng nhận ưu tiên",
    "criterion.distance": "Khoảng cách",
    "criterion.corridor": "Hành lang kinh tế",
    "criterion.languages": "Ngôn ngữ",
    "criterion.export_experience": "Kinh nghiệm xuất khẩu",
    "criterion.track_record": "Thành tích giao hàng",
    "confirmed.2": "được kiểm tra (L2)",
    "confirmed.3": "được xem tại chỗ (L3)",
    "confirmed.4": "được bên mua xác nhận (L4)",
    "ask.unknown": "{what}: chưa có thông tin; nếu đạt hoàn toàn và {confirmed} thì điểm tăng thêm {gain}.",
    "ask.broad": "{what}: khai báo quá rộng; nếu khai báo rõ và {confirmed} thì điểm tăng thêm {gain}.",
    "ask.weak": "{what}: minh chứng ở mức L{level}, ngày {day}; nếu hôm nay {confirmed} thì điểm tăng thêm {gain}.",
    "ask.place": "{what}: chưa có thông tin; nếu đạt hoàn toàn thì điểm tăng thêm {gain}.",
    "ask.deliveries": "{what}: thêm lần giao hàng được bên mua xác nhận có thể làm điểm tăng tới {gain}.",
    "ask.settles": "Nhờ đó một điều kiện bắt buộc cũng được xác nhận.",
    "drop.sentence": (
        "Nếu bỏ các điều kiện {gates}, có thêm {joins} nhà cung cấp không còn vướng điều kiện nào, "
        "trong đó {eligible} không cần xác nhận gì thêm."
    ),
    "drop.sentence_of_one": (
        "Nếu bỏ điều kiện {gates}, có thêm {joins} nhà cung cấp không còn vướng điều kiện nào, "
        "trong đó {eligible} không cần xác nhận gì thêm."
    ),
    "change.sentence": (
        "{what}: {target} thay cho {required} thì có thêm {joins} nhà cung cấp, "
        "trong đó {eligible} không cần xác nhận gì thêm."
    ),
    "target.tolerance": "±{amount} mm",
    "target.roughness": "Ra {amount} µm",
    "target.part_size": "{amount} mm",
    "target.part_mass": "{amount} kg",
    "target.capacity": "{amount} {unit}/tháng",
    "target.moq": "tối đa {amount}",
    "target.lead_time": "{amount} ngày",
    "target.distance": "trong phạm vi {amount} km",
    "target.export_experience": "{amount}%",
    "target.track_record": "{amount}%",
    "gap.standard": "{what}: có chứng nhận còn hiệu lực, {confirmed}",
    "gap.language": "{what}: sử dụng được, {confirmed}",
    "gap.figure": "{what} ({process}): {target} thay cho {current}, {confirmed}",
    "gap.new_figure": "{what} ({process}): {target}, {confirmed}",
    "gap.evidence": "Thông tin đã khai báo về {process}: {confirmed}",
    "gap.evidence_of_firm": "Thông tin đã khai báo về ngôn ngữ và xuất khẩu: {confirmed}",
    "gap.and": "{first}; và {second}",
    "gap.opens": "{changes}. Đạt thêm {count} yêu cầu đang mở.",
    "gap.needs": "Các yêu cầu này cần {quantities} mỗi tháng.",
    "gap.quantity": "{amount} {unit}",
    "gap.only_together": "Trong đó {count} yêu cầu chỉ đạt khi làm cả hai.",
}
