"""The lots the demo's province publishes (USERS part 6, rows with a code), dates relative to the day of the demo."""

from datetime import date, timedelta
from typing import Any, Final

RECORD_HOST: Final = "https://txng.quangngai.example"
FOREIGN_HOST: Final = "https://txng.lamdong.example"
UNPUBLISHED_KEY: Final = "01/09521234600145/10/TL2699"

# row, product, group, unit, facility, gtin14, lot, serial, days to expiry, lot quantity, status, extra
_ROWS: Final[tuple[tuple[Any, ...], ...]] = (
    (1, "Cà phê bột Robusta Đăk Hà 500 g", "ca_phe", "gói", "F1", "09521234600015", "DH2611A", None, 347, None, "active", {}),
    (2, "Cà phê nhân Robusta bao 60 kg", "ca_phe", "kg", "F1", "99521234600025", "NH2611", None, None, None, "active",
     {"planting_area_code": "VN-KTOR-0001 (mẫu)"}),
    (3, "Cà phê Arabica Măng Đen rang hạt 250 g", "ca_phe", "gói", "F1", "09521234600039", "AR2610", "000417", 200, None,
     "active", {}),
    (6, "Cải thảo Măng Đen", "rau", "kg", "F2", "09521234600053", "MD2611-07", None, None, None, "active", {"harvest": 0}),
    (7, "Bắp cải trái tim", "rau", "kg", "F2", "09521234600060", "MD2611-08", None, None, None, "active", {"harvest": 0}),
    (7, "Bắp cải trái tim", "rau", "kg", "F2", "09521234600060", "MD2611-05", None, None, None, "active", {"harvest": -1}),
    (8, "Xà lách thủy canh túi 300 g", "rau", "túi", "F2", "09521234600077", "XL1124", None, 1, None, "active", {}),
    (9, "Dâu tây Măng Đen hộp 250 g", "trai_cay", "hộp", "F10", "09521234600084", "DT1121", None, -1, None, "active", {}),
    (10, "Cà rốt", "rau", "kg", "F2", "09521234600091", "CR2611", None, None, "400", "active", {}),
    (11, "Súp lơ xanh", "rau", "kg", "F10", "09521234600107", "SL2611", None, None, None, "active", {}),
    (12, "Hoa ly bó 5 cành", "hoa", "bó", "F2", "09521234600114", "HL2611", None, None, None, "active", {}),
    (16, "Cá lăng phi lê khay 500 g", "ca", "khay", "F5", "09521234600138", "CL2611B", None, 5, None, "active", {}),
    (16, "Cá lăng phi lê khay 500 g", "ca", "khay", "F5", "09521234600138", "CL2611C", None, 6, None, "active", {}),
    (21, "Trứng gà vỉ 10 quả", "trung", "vỉ", "F11", "09521234600152", "TG1123", None, 20, None, "active", {}),
    (22, "Sâm dây khô hộp 200 g", "duoc_lieu", "hộp", "F7", "09521234600169", "SD2610", None, 300, None, "suspended", {}),
    (23, "Tỏi Lý Sơn túi 500 g", "gia_vi", "túi", "F8", "09521234600176", "LS2609", None, 250, None, "active", {}),
    (24, "Nước mắm Sa Huỳnh 500 ml", "nuoc_cham", "chai", "F9", "09521234600183", "NM2608", None, 640, None, "active", {}),
    (25, "Măng khô gói 300 g", "rau", "gói", "F2", "09521234600190", "MK2607", None, 180, None, "revoked", {}),
    (26, "Táo nhập khẩu", "trai_cay", "kg", "F12", "09521234600206", "TN2611", None, None, None, "active",
     {"origin_country": "840", "importer": {"name": "Đơn vị nhập khẩu trái cây (mẫu)", "address": "TP.HCM",
                                            "tax_code": "MẪU-0012"}}),
    (29, "Cá rô phi phi lê khay 500 g", "ca", "khay", "F5", "09521234600213", "RP2609", None, 60, None, "active", {}),
)  # fmt: skip


def key_of(gtin: str, lot: str | None, serial: str | None = None) -> str:
    """The record's key (CONTRACTS)."""
    parts = [("01", gtin), *([("10", lot)] if lot else []), *([("21", serial)] if serial else [])]
    return "/".join(f"{ai}/{value}" for ai, value in parts)


def lots(day: date) -> list[dict[str, Any]]:
    """All lot lines relative to ``day``, and the opaque code of row 14."""
    made = [_line(row, day) for row in _ROWS]
    made.append(
        {
            "key": "kt:CT-2611-0042",
            "scheme": "kt",
            "lot": "CT-2611-0042",
            "product_name": "Cá tầm sống",
            "product_group": "ca",
            "facility_id": "F4",
            "origin_country": "704",
            "origin_place": "xã Măng Đen, tỉnh Quảng Ngãi",
            "brand": "Mẫu",
            "unit": "kg",
            "harvest_date": day.isoformat(),
            "status": "active",
        }
    )
    return made


def _line(row: tuple[Any, ...], day: date) -> dict[str, Any]:
    _, name, group, unit, facility, gtin, lot, serial, expires, quantity, status, extra = row
    made: dict[str, Any] = {
        "key": key_of(gtin, lot, serial),
        "gtin": gtin,
        "lot": lot,
        "serial": serial,
        "product_name": name,
        "product_group": group,
        "brand": "Mẫu",
        "facility_id": facility,
        "origin_country": extra.get("origin_country", "704"),
        "unit": unit,
        "status": status,
    }
    for field in ("planting_area_code", "importer"):
        if field in extra:
            made[field] = extra[field]
    if expires is not None:
        made["expiry_date"] = (day + timedelta(days=expires)).isoformat()
    if "harvest" in extra:
        made["harvest_date"] = (day + timedelta(days=extra["harvest"])).isoformat()
    if quantity is not None:
        made["net_quantity"] = quantity
    return {name: value for name, value in made.items() if value is not None}


def old_recall(day: date) -> dict[str, Any]:
    """The recall of row 29, issued ten days before the demo."""
    return {
        "recall_id": "TH-MAU-001",
        "keys": ["01/09521234600213/10/RP2609"],
        "reason": "vượt mức dư lượng cho phép – dữ liệu mẫu",
        "issued_at": f"{(day - timedelta(days=10)).isoformat()}T02:00:00+00:00",
        "issuer": "Sở Công Thương (mẫu)",
        "level": "bắt buộc",
        "instructions": "Không ăn. Mang trả nơi mua.",
        "collect_at": ["Ban quản lý chợ (mẫu)"],
    }


def new_recall() -> dict[str, Any]:
    """The recall of row 16 that the demo issues while it runs."""
    return {
        "recall_id": "TH-MAU-002",
        "keys": ["01/09521234600138/10/CL2611B"],
        "reason": "vượt mức dư lượng cho phép – dữ liệu mẫu",
        "issuer": "Sở Công Thương (mẫu)",
        "level": "bắt buộc",
        "instructions": "Không ăn. Mang trả nơi mua.",
        "collect_at": ["Ban quản lý chợ (mẫu)"],
    }


def label(gtin: str, lot: str | None = None, serial: str | None = None, expiry: date | None = None) -> str:
    """What stands on the box: a Digital Link of the demo's province."""
    query = f"?17={expiry:%y%m%d}" if expiry else ""
    return f"{RECORD_HOST}/{key_of(gtin, lot, serial)}{query}"
