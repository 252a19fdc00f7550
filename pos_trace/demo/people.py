"""Who is in the demo: sites, stalls, people, logins. All invented, marked (mẫu), GS1 demonstration prefix 952."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoStall:
    """One stall. ``golive`` days before D; ``practice``: still in its practice period."""

    number: str
    name: str
    gln: str
    owner: str
    groups: tuple[str, ...]
    practice: bool = False


STATION_ID: Final = "cho-kontum-mau"
PROVINCE_ID: Final = "tinh-mau"
MARKET: Final = "Chợ đầu mối Kon Tum (mẫu)"
MARKET_GLN: Final = "9521234700012"
OPERATOR: Final = "Ban quản lý chợ (mẫu)"
COMMUNE: Final = "phường Kon Tum"
SUPERMARKET: Final = "Siêu thị Mẫu Quảng Ngãi"
SUPERMARKET_GLN: Final = "9521234700029"
SUPERMARKET_COMMUNE: Final = "phường Cẩm Thành"

STALLS: Final = (
    DemoStall("E-01", "Tạp hóa Thanh (mẫu)", "9521234700074", "Thanh", ("ca_phe", "duong", "gia_vi")),
    DemoStall("A-12", "Rau chị Hoa (mẫu)", "9521234700036", "Hoa", ("rau",)),
    DemoStall("A-15", "Rau hoa chị Bảy (mẫu)", "9521234700043", "Bảy", ("rau", "hoa")),
    DemoStall("C-03", "Cá Y Hiền (mẫu)", "9521234700050", "Y Hiền", ("ca",)),
    DemoStall("D-07", "Thịt anh Tâm (mẫu)", "9521234700067", "Tâm", ("thit",)),
    DemoStall("D-09", "Thịt chị Sáu (mẫu)", "9521234700227", "Sáu", ("thit",)),
    DemoStall("B-04", "Rau ông Năm (mẫu)", "9521234700234", "Năm", ("rau",)),
    DemoStall("K-22", "Sạp A Thanh (mẫu)", "9521234700081", "A Thanh", ("rau", "mia"), practice=True),
)
MAIN_STALL: Final = "E-01"
SECOND_STALL: Final = "A-12"

PINS: Final = {"receiver": "1111", "cashier": "2222", "owner": "3333", "operator": "4444", "shift_leader": "5555"}
PASSWORDS: Final = {
    "site_admin": "quan-tri-mau",
    "inspector": "kiem-tra-mau",
    "inspector_2": "kiem-tra-hai-mau",
    "records_officer": "so-lo-mau",
    "agency_admin": "co-quan-mau",
}
NAMES: Final = {
    "receiver": "Nhận hàng",
    "cashier": "Thu ngân",
    "owner": "Chủ sạp",
    "shift_leader": "Trưởng ca",
    "operator": "Ban quản lý",
    "site_admin": "Quản trị chợ",
    "inspector": "Cán bộ kiểm tra (mẫu)",
    "inspector_2": "Cán bộ kiểm tra thứ hai (mẫu)",
    "records_officer": "Cán bộ hồ sơ (mẫu)",
    "agency_admin": "Quản trị cơ quan (mẫu)",
}


def login_of(role: str, stall: str) -> str:
    """The login of ``role`` at ``stall``: "hoa" style names would hide who may do what."""
    return f"{role}-{stall.lower()}"
