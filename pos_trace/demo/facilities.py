"""The twelve invented facilities of the demo (USERS part 6), as the province's register takes them."""

from datetime import date, timedelta
from typing import Any, Final

PROVINCE: Final = "Quảng Ngãi"
# id, name, type, individual, commune as it is called now, former district, GLN, (kind, days to expiry or None)
_ROWS: Final = (
    ("F1", "HTX cà phê Đăk Hà (mẫu)", "HTX", False, "xã Đăk Hà", "huyện Đăk Hà", "9521234700104", (("ATTP", 400), ("OCOP 4 sao", None))),
    ("F2", "HTX rau hoa Măng Đen (mẫu)", "HTX", False, "xã Măng Đen", "huyện Kon Plông", "9521234700111", (("VietGAP", 210),)),
    ("F3", "Công ty mía đường (mẫu)", "DN", False, "phường Đăk Bla", "thành phố Kon Tum", "9521234700128", (("ISO 22000", None),)),
    ("F4", "Trại cá nước lạnh Măng Đen (mẫu)", "trang trại", False, "xã Măng Đen", "huyện Kon Plông", "9521234700135", (("ATTP", 90),)),
    ("F5", "Cơ sở cá hồ Plei Krông (mẫu)", "cơ sở", False, "xã Sa Thầy", "huyện Sa Thầy", "9521234700142", (("Cam kết ATTP", None),)),
    ("F6", "Cơ sở giết mổ (mẫu)", "cơ sở giết mổ", False, "phường Kon Tum", "thành phố Kon Tum", "9521234700159", (("ATTP", 30),)),
    ("F7", "Hộ Y B. (mẫu)", "hộ SX", True, "xã Tu Mơ Rông", "huyện Tu Mơ Rông", "9521234700166", (("Cam kết ATTP", None),)),
    ("F8", "HTX tỏi hành Lý Sơn (mẫu)", "HTX", False, "đặc khu Lý Sơn", "", "9521234700173", (("CDĐL", None),)),
    ("F9", "Cơ sở nước mắm Sa Huỳnh (mẫu)", "cơ sở", False, "phường Sa Huỳnh", "thị xã Đức Phổ", "9521234700180", (("OCOP 3 sao", None),)),
    ("F10", "Vườn dâu (mẫu)", "trang trại", False, "xã Măng Đen", "huyện Kon Plông", "9521234700197", (("VietGAP", -12),)),
    ("F11", "Trại gà trứng (mẫu)", "trang trại", False, "xã Ngọk Bay", "thành phố Kon Tum", "9521234700203", ()),
    ("F12", "Đơn vị nhập khẩu trái cây (mẫu)", "DN nhập khẩu", False, "TP.HCM", "", "9521234700210", ()),
)  # fmt: skip


def facilities(day: date) -> list[dict[str, Any]]:
    """All facility lines relative to ``day``; old addresses stay as an alias after the merger of 01/07/2025."""
    return [_line(index, row, day) for index, row in enumerate(_ROWS, 1)]


def _line(index: int, row: tuple[Any, ...], day: date) -> dict[str, Any]:
    ident, name, kind, individual, commune, former, gln, certificates = row
    place = PROVINCE if ident != "F12" else "TP.HCM"
    old = f" (trước đây: {former}, tỉnh Kon Tum)" if former and "Đức Phổ" not in former else ""
    return {
        "facility_id": ident,
        "name": name,
        "type": kind,
        "is_individual": individual,
        "business_code": None,
        "tax_code": f"MẪU-{index:04d}",
        "gln": gln,
        "address": f"{commune}, {'tỉnh ' + place if ident != 'F12' else place}{old}",
        "commune": commune,
        "province": place,
        "trace_system": "Hệ thống truy xuất của tỉnh (mẫu)",
        "certificates": [
            {
                "kind": what,
                "number": f"{what}-{ident}/MẪU",
                "issuer": "Đơn vị cấp (mẫu)",
                "issued": (day - timedelta(days=300)).isoformat(),
                "expires": None if left is None else (day + timedelta(days=left)).isoformat(),
            }
            for what, left in certificates
        ],
        "status": "active",
    }
