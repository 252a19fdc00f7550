"""Symbols for tests, bit by bit: what no ordinary writer makes (parts, charsets declared, FNC1), and ordinary ones."""

import io
from collections.abc import Sequence

import qrcode
import zxingcpp
from PIL import Image
from qrcode import base, constants
from qrcode.util import BitBuffer, create_bytes, length_in_bits

PHRASES = (
    "Sữa tươi", "Thịt heo", "Thịt lợn", "Dưa hấu", "Bơ sáp", "Cơm cháy", "Cải thảo Măng Đen", "Cá lăng phi lê",
    "Cà phê bột Đăk Hà", "Sâm dây khô", "Măng khô", "Mật ong rừng", "Tỏi Lý Sơn", "Hành tím", "Nước mắm Sa Huỳnh",
    "Đường phèn", "Trứng gà ta", "Gà ta làm sẵn", "Cá diêu hồng", "Cá tầm Măng Đen", "Ớt hiểm", "Gừng tươi",
    "Nghệ vàng", "Sả cây", "Rau muống", "Rau ngót", "Rau má", "Mồng tơi", "Bí đỏ hạt đậu", "Bầu sao", "Mướp hương",
    "Khổ qua rừng", "Cà rốt", "Khoai lang mật", "Khoai môn", "Củ năng", "Hoa lan hồ điệp", "Dâu tây", "Chuối hột",
    "Sầu riêng Ri6", "Chôm chôm", "Nhãn lồng", "Vải thiều", "Xoài cát Hòa Lộc", "Bưởi da xanh", "Quýt đường",
    "Thanh long ruột đỏ", "Mít tố nữ", "Ổi ruột hồng", "Đu đủ", "Gạo nếp cẩm", "Bún khô", "Bánh tráng", "Miến dong",
    "Chả cá thát lát", "Tôm thẻ chân trắng", "Mực ống", "Nghêu trắng", "Lô số 7 – ngày thu hoạch 24/11/2026",
    "Người giao: HTX rau Măng Đen (mẫu)", "xã Đăk Hà, tỉnh Quảng Ngãi", "phường Kon Tum", "đặc khu Lý Sơn",
    "Mã lô: ĐH-04384; SP: Cà phê Đắk Hà", "Hạn sử dụng: 30 ngày kể từ ngày sản xuất",
    "Bảo quản nơi khô ráo, thoáng mát",
)  # fmt: skip


def qr(*segments: tuple[str, object], version: int = 6, box: int = 6, border: int = 4) -> Image.Image:
    """A QR of the given segments: ``bytes``, ``eci`` (number), ``fnc1``, ``part`` (index, count, parity)."""
    bits = BitBuffer()
    for kind, value in segments:
        if kind == "part":
            index, count, parity = value
            for number, width in ((3, 4), (index, 4), (count - 1, 4), (parity, 8)):
                bits.put(number, width)
        elif kind == "eci":
            bits.put(7, 4)
            bits.put(value, 8)
        elif kind == "fnc1":
            bits.put(5, 4)
        else:
            bits.put(4, 4)
            bits.put(len(value), length_in_bits(4, version))
            for byte in value:
                bits.put(byte, 8)
    blocks = base.rs_blocks(version, constants.ERROR_CORRECT_M)
    room = 8 * sum(block.data_count for block in blocks)
    assert len(bits) <= room, "the text is too long for this version"
    for _ in range(min(4, room - len(bits))):
        bits.put_bit(False)
    while len(bits) % 8:
        bits.put_bit(False)
    for place in range((room - len(bits)) // 8):
        bits.put((0xEC, 0x11)[place % 2], 8)
    code = qrcode.QRCode(version, constants.ERROR_CORRECT_M, box_size=box, border=border)
    code.data_cache = create_bytes(bits, blocks)
    code.makeImpl(False, 2)
    return code.make_image().get_image().convert("L")


def label(text: str | bytes, box: int = 6, border: int = 4, **more: object) -> Image.Image:
    """The QR an ordinary program makes of ``text``: UTF-8 without saying so."""
    code = qrcode.QRCode(error_correction=constants.ERROR_CORRECT_M, box_size=box, border=border, **more)
    code.add_data(text.encode() if isinstance(text, str) else text)
    code.make(fit=True)
    return code.make_image().get_image().convert("L")


def bars(kind: str, text: str, scale: int = 3) -> Image.Image:
    """A symbol of another kind (zxing's names), on white."""
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    dots = memoryview(made.to_image(scale=scale))
    picture = Image.frombytes("L", (dots.shape[1], dots.shape[0]), dots.tobytes())
    return beside((picture,))


def beside(pictures: Sequence[Image.Image], gap: int = 40) -> Image.Image:
    """Pictures in a row on one white sheet."""
    width = gap + sum(picture.width + gap for picture in pictures)
    sheet = Image.new("L", (width, max(picture.height for picture in pictures) + 2 * gap), 255)
    left = gap
    for picture in pictures:
        sheet.paste(picture, (left, gap))
        left += picture.width + gap
    return sheet


def png(picture: Image.Image, **more: object) -> bytes:
    """The picture as a PNG file."""
    out = io.BytesIO()
    picture.save(out, "PNG", **more)
    return out.getvalue()


def jpeg(picture: Image.Image, **more: object) -> bytes:
    """The picture as a JPEG file."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, **more)
    return out.getvalue()
