"""What came to the market on the day of the demo (USERS part 6), as each stall's receiver enters it."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from pos_trace.demo.lots import FOREIGN_HOST, label

BANG_KE: Final = ("bang_ke", "{day}", True)
HOA_DON: Final = ("hoa_don", "HD-{day}", True)
PGH: Final = ("phieu_giao_hang", "PGH-{day}", True)
TRUCK: Final = "82C-012.34"
PIGS: Final = "(00)195212340000000010"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: coded (``text``) or loose (``name``, ``group``). ``papers``: (kind, number, with a photo). ``refused``
    goes back with the driver; ``minutes`` after the night began; ``days`` before the day of the demo.
    ``nickname``: what the market calls the supplier; ``truck_kg``: a kiểm dịch of the whole truck states so much;
    ``clock``: when by the market's own clock, where that matters.
    """

    number: int
    stall: str
    supplier: str
    quantity: str
    unit: str
    text: str = ""
    name: str = ""
    group: str = ""
    papers: tuple[tuple[str, str, bool], ...] = ()
    refused: str = ""
    plate: str = ""
    minutes: int = 0
    days: int = 0
    nickname: str = ""
    truck_kg: str = ""
    clock: time | None = None


def _wedge(gtin: str, lot: str, expiry: date) -> str:
    """A classic GS1 symbol as a cheap wedge types it: no separator after the lot."""
    return f"01{gtin}10{lot}17{expiry:%y%m%d}"


def rows(day: date) -> tuple[Row, ...]:
    """The rows that play in this version, oldest first."""

    def later(days: int) -> date:
        return day + timedelta(days=days)

    fish = ("09521234600138", "HTX cá (mẫu)")
    return (
        Row(29, "E-01", "Xe cá khô (mẫu)", "12", "khay", label("09521234600213", "RP2609", None, later(60)), days=15),
        Row(20, "D-07", "Lái xe 76 (mẫu)", "12", "con", name="Gà ta làm sẵn", group="thit", plate="76C-111.22", days=2),
        Row(1, "E-01", "HTX cà phê Đăk Hà (mẫu)", "40", "gói", label("09521234600015", "DH2611A", None, later(347)), minutes=5),
        Row(2, "E-01", "HTX cà phê Đăk Hà (mẫu)", "60.3", "kg", "(01)99521234600025(3101)000603(10)NH2611", minutes=6),
        Row(3, "E-01", "HTX cà phê Đăk Hà (mẫu)", "1", "gói", label("09521234600039", "AR2610", "000417"), minutes=8),
        Row(3, "A-15", "Xe hàng chung (mẫu)", "1", "gói", label("09521234600039", "AR2610", "000417"), minutes=20),
        Row(4, "E-01", "Đại lý đường (mẫu)", "30", "túi", "9521234600046", "Đường mía vàng 1 kg", "duong", papers=(HOA_DON,), minutes=10, days=1),
        Row(4, "E-01", "Đại lý đường (mẫu)", "30", "túi", "9521234600046", "Đường mía vàng 1 kg", "duong", papers=(("hoa_don", "HD2-{day}", True),), minutes=12),
        Row(5, "K-22", "Hộ trồng mía (mẫu)", "20", "bó", name="Mía cây ép nước", group="mia", papers=(BANG_KE,), minutes=15),
        Row(6, "A-12", "HTX rau hoa Măng Đen (mẫu)", "20", "sọt", label("09521234600053", "MD2611-07"), refused="3",
            plate="82C-012.34", minutes=25),
        Row(7, "A-12", "HTX rau hoa Măng Đen (mẫu)", "200", "kg", label("09521234600060", "MD2611-05"), days=1, minutes=26),
        Row(7, "A-12", "HTX rau hoa Măng Đen (mẫu)", "300", "kg", label("09521234600060", "MD2611-08"),
            plate="82C-012.34", minutes=27),
        Row(8, "E-01", "HTX rau hoa Măng Đen (mẫu)", "25", "túi", label("09521234600077", "XL1124", None, later(1)), minutes=30),
        Row(9, "E-01", "Vườn dâu (mẫu)", "6", "hộp", label("09521234600084", "DT1121", None, later(-1)), minutes=32),
        Row(10, "A-15", "Chị Ba (mẫu)", "300", "kg", label("09521234600091", "CR2611"), nickname="xe xanh", minutes=33),
        Row(10, "A-12", "HTX rau hoa Măng Đen (mẫu)", "250", "kg", label("09521234600091", "CR2611"), plate=TRUCK, minutes=34),
        Row(11, "A-15", "Vườn dâu (mẫu)", "40", "kg", label("09521234600107", "SL2611"), plate="82C-012.34", minutes=35),
        Row(12, "A-15", "HTX rau hoa Măng Đen (mẫu)", "30", "bó", label("09521234600114", "HL2611"), minutes=36),
        Row(13, "A-15", "Xe hoa Lâm Đồng (mẫu)", "50", "bó", f"{FOREIGN_HOST}/01/09521234600121/10/HC2611", "Hoa cúc bó 10 cành", "hoa",
            papers=(PGH,), plate="49C-555.66", minutes=38),
        Row(14, "C-03", "Trại cá nước lạnh Măng Đen (mẫu)", "25", "kg", "kt:CT-2611-0042", minutes=40),
        Row(15, "C-03", "Cơ sở cá hồ Plei Krông (mẫu)", "60", "kg", name="Cá diêu hồng", group="ca", papers=(BANG_KE,), minutes=42),
        Row(16, "C-03", fish[1], "20", "khay", label(fish[0], "CL2611B", None, later(5)), minutes=44),
        Row(16, "C-03", fish[1], "20", "khay", label(fish[0], "CL2611C", None, later(6)), minutes=45),
        Row(16, "E-01", fish[1], "15", "khay", label(fish[0], "CL2611B", None, later(5)), minutes=50),
        Row(16, "E-01", fish[1], "15", "khay", label(fish[0], "CL2611C", None, later(6)), minutes=51),
        Row(17, "C-03", "Cơ sở cá hồ Plei Krông (mẫu)", "15", "hũ", label("09521234600145", "TL2611"), "Chả cá thát lát hũ 500 g", "ca", papers=(HOA_DON,), minutes=55),
        Row(18, "D-07", "Cơ sở giết mổ (mẫu)", "520", "kg", PIGS, "Thịt heo mảnh", "thit", (PGH,), plate=TRUCK, truck_kg="900", minutes=56),
        Row(18, "D-09", "Cơ sở giết mổ (mẫu)", "360", "kg", PIGS, "Thịt heo mảnh", "thit", (PGH,), plate=TRUCK, minutes=58),
        Row(21, "E-01", "Trại gà trứng (mẫu)", "1", "vỉ", label("09521234600152", "TG1123", "8812"), days=1, clock=time(2, 10)),
        Row(22, "E-01", "Hộ Y B. (mẫu)", "10", "hộp", label("09521234600169", "SD2610", None, later(300)), minutes=60),
        Row(23, "E-01", "HTX tỏi hành Lý Sơn (mẫu)", "24", "túi", label("09521234600176", "LS2609", None, later(250)), minutes=62),
        Row(24, "E-01", "Cơ sở nước mắm Sa Huỳnh (mẫu)", "36", "chai", _wedge("09521234600183", "NM2608", later(640)), minutes=64),
        Row(25, "E-01", "Xe hàng khô (mẫu)", "10", "gói", label("09521234600190", "MK2607", None, later(180)), minutes=66),
        Row(26, "E-01", "Đơn vị nhập khẩu trái cây (mẫu)", "30", "kg", "(01)09521234600206(422)840(10)TN2611",
            papers=(("to_khai_hai_quan", "TK-{day}", True), ("co", "CO-{day}", True)), minutes=68),
        Row(28, "K-22", "Hộ Y B. (mẫu)", "30", "bó", name="Rau rừng hỗn hợp", group="rau",
            papers=(("cam_ket_attp", "CK-{day}", True),), minutes=70),
    )  # fmt: skip


def unanswered() -> tuple[Row, ...]:
    """Nine deliveries without papers nobody answered in time: with row 20 the ten cases the desk has ended."""
    told = (
        (27, "D-07", "Thịt bò bắp", "thit", "18", "kg", "Xe 81 (mẫu)", "81C-222.33"),
        (25, "D-07", "Gà thả vườn làm sẵn", "gia_cam", "15", "con", "Lái xe 76 (mẫu)", "76C-111.22"),
        (21, "D-09", "Thịt heo vai", "thit", "40", "kg", "Xe 81 (mẫu)", "81C-222.33"),
        (18, "D-07", "Vịt làm sẵn", "gia_cam", "20", "con", "Lái xe 76 (mẫu)", "76C-111.22"),
        (15, "D-09", "Thịt trâu", "thit", "25", "kg", "Xe 81 (mẫu)", "81C-222.33"),
        (12, "D-07", "Thịt dê", "thit", "12", "kg", "Xe 81 (mẫu)", "81C-222.33"),
        (10, "D-09", "Lòng heo", "thit", "30", "kg", "Xe lạ (mẫu)", "81C-777.88"),
        (7, "D-07", "Thịt bò nạm", "thit", "22", "kg", "Xe 81 (mẫu)", "81C-222.33"),
        (5, "D-09", "Gà ác làm sẵn", "gia_cam", "30", "con", "Lái xe 76 (mẫu)", "76C-111.22"),
    )
    return tuple(
        Row(30 + at, stall, supplier, quantity, unit, name=name, group=group, plate=plate, minutes=80, days=back)
        for at, (back, stall, name, group, quantity, unit, supplier, plate) in enumerate(told)
    )
