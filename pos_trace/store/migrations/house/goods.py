"""Tables of receiving: parties, products, arrivals, deliveries, scans, lines, papers, photos, verdicts, flags."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (
        _delivery,
        _paper,
        _party,
        _photo,
        _product,
        _scan,
        _vehicle_arrival,
        _verdict,
        _delivery_line,
        _paper_link,
        _flag,
    ):
        table(op)


def _delivery(op: Operations) -> None:
    op.create_table(
        "delivery",
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("supplier_id", types.Id(), nullable=True),
        sa.Column("supplier_name", sa.String(length=200), nullable=False),
        sa.Column("vehicle_plate", sa.String(length=20), nullable=True),
        sa.Column("arrival_id", types.Id(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("last_scan_at", types.UtcDateTime(), nullable=False),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=20), nullable=True),
        sa.Column("opened_by", types.Id(), nullable=True),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("opening", sa.Boolean(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_state"), ["state"], unique=False)


def _paper(op: Operations) -> None:
    op.create_table(
        "paper",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("added_by", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_paper")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_stall_id"), ["stall_id"], unique=False)


def _party(op: Operations) -> None:
    op.create_table(
        "party",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=True),
        sa.Column("merged_into", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_party")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_folded"), ["folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_party_stall_id"), ["stall_id"], unique=False)


def _photo(op: Operations) -> None:
    op.create_table(
        "photo",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("paper_id", types.Id(), nullable=True),
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("delivery_id", types.Id(), nullable=True),
        sa.Column("quality", sa.String(length=20), nullable=True),
        sa.Column("taken_by", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_paper_id"), ["paper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_stall_id"), ["stall_id"], unique=False)


def _product(op: Operations) -> None:
    op.create_table(
        "product",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=True),
        sa.Column("barcode", sa.String(length=64), nullable=True),
        sa.Column("goods_group", sa.String(length=40), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("content_kg", types.Quantity(), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_product")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index("ix_product_barcode", ["site_id", "stall_id", "barcode"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_folded"), ["folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_product_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ux_product_sku", ["site_id", "stall_id", "sku"], unique=True)


def _scan(op: Operations) -> None:
    op.create_table(
        "scan",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("serial", sa.String(length=80), nullable=True),
        sa.Column("parsed", sa.JSON(), nullable=False),
        sa.Column("delivery_id", types.Id(), nullable=True),
        sa.Column("user_id", types.Id(), nullable=True),
        sa.Column("device_id", types.Id(), nullable=True),
        sa.Column("photo_sha256", sa.String(length=64), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_scan")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_scan_stall_id"), ["stall_id"], unique=False)


def _vehicle_arrival(op: Operations) -> None:
    op.create_table(
        "vehicle_arrival",
        sa.Column("plate", sa.String(length=20), nullable=False),
        sa.Column("arrived_at", types.UtcDateTime(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_vehicle_arrival")),
    )
    with op.batch_alter_table("vehicle_arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicle_arrival_plate"), ["plate"], unique=False)


def _verdict(op: Operations) -> None:
    op.create_table(
        "verdict",
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("scan_id", types.Id(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("stock_state", sa.String(length=20), nullable=False),
        sa.Column("judgements", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("records_version", sa.Integer(), nullable=False),
        sa.Column("records_as_of", types.UtcDateTime(), nullable=True),
        sa.Column("rules_version", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_verdict")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdict_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verdict_scan_id"), ["scan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_verdict_stall_id"), ["stall_id"], unique=False)


def _delivery_line(op: Operations) -> None:
    op.create_table(
        "delivery_line",
        sa.Column("delivery_id", types.Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scan_id", types.Id(), nullable=True),
        sa.Column("product_id", types.Id(), nullable=True),
        sa.Column("goods_name", sa.String(length=300), nullable=False),
        sa.Column("goods_group", sa.String(length=40), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("lot", sa.String(length=80), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("content_kg", types.Quantity(), nullable=True),
        sa.Column("declared", types.Quantity(), nullable=False),
        sa.Column("refused", types.Quantity(), nullable=False),
        sa.Column("refuse_reason", sa.String(length=200), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("verdict_id", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "delivery_id"],
            ["delivery.site_id", "delivery.id"],
            name=op.f("fk_delivery_line_site_id_delivery_id"),
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_delivery_line")),
    )
    with op.batch_alter_table("delivery_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_line_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_line_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_line_stall_id"), ["stall_id"], unique=False)


def _paper_link(op: Operations) -> None:
    op.create_table(
        "paper_link",
        sa.Column("paper_id", types.Id(), nullable=False),
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("delivery_id", types.Id(), nullable=True),
        sa.Column("arrival_id", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "paper_id"], ["paper.site_id", "paper.id"], name=op.f("fk_paper_link_site_id_paper_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_paper_link")),
    )
    with op.batch_alter_table("paper_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_link_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_link_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_link_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_link_paper_id"), ["paper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_link_stall_id"), ["stall_id"], unique=False)


def _flag(op: Operations) -> None:
    op.create_table(
        "flag",
        sa.Column("line_id", types.Id(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("due_at", types.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answered_at", types.UtcDateTime(), nullable=True),
        sa.Column("case_id", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "line_id"], ["delivery_line.site_id", "delivery_line.id"], name=op.f("fk_flag_site_id_line_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_flag_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_state"), ["state"], unique=False)
