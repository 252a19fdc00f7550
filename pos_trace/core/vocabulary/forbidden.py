"""Words a machine never says (USERS part 4); the tests read every other text of the vocabulary against them."""

from typing import Final

# only inside an inspector's conclusion with its document's number
CONCLUSIONS_ONLY: Final = ("vi phạm", "hàng lậu", "hàng giả", "nghi vấn", "không rõ nguồn gốc")
# nowhere: "xác minh" by a machine, denunciation, a state power, an invoice that is none, a line that is up, shouting
NEVER: Final = ("đã xác minh", "tố cáo", "tố giác", "tạm giữ", "hóa đơn bán", "(mất mạng)", "phạt", "!")
FORBIDDEN: Final = (*CONCLUSIONS_ONLY, *NEVER)
