"""Numbers and rules the tests of codes share: the demo prefix 952, invented hosts."""

from pos_trace.core.policy import CodeRules, HostRule, InStoreRule, SchemeRule

GTIN = "09521234543213"
EAN = GTIN[1:]
SSCC = "095212345400000014"
GLN = "9521234540007"
FNC1 = "\x1d"
PROVINCE = "txng.quangngai.example"
OWN = "phieu.cho.example"
RULES = CodeRules(
    hosts=(
        HostRule(PROVINCE, "Hệ thống của tỉnh (mẫu)", "record"),
        HostRule("txng.lamdong.example", "Hệ thống tỉnh khác (mẫu)", "foreign"),
        HostRule("tem.cantho.example", "Tem của thành phố (mẫu)", "foreign", r"^/t/(?P<code>[^/?#]+)$", "ct"),
        HostRule("ma.daklak.example", "Mã không tên nhóm (mẫu)", "foreign", r"^/[A-Z]{2}\d{6}$"),
        HostRule("tem.congty.example", "Trang của một công ty (mẫu)", "commercial"),
        HostRule("cu.example", "Trang đã ngừng (mẫu)", "dead"),
    ),
    schemes=(
        SchemeRule("kt", r"^kt:(?P<code>[A-Z]{2}-\d{4}-\d{4})$"),
        SchemeRule("vungtrong", r"^VN-[A-Z]+-\d{4}$"),
    ),
    in_store=(InStoreRule("26", "PPIIIIIWWWWWC"), InStoreRule("21", "PPIIIIIVVVVVC", "đồng", 0)),
    own_hosts=(OWN, "127.0.0.1:8443"),
)
