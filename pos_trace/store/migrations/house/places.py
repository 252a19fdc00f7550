"""Tables of who sells where: organisations, sites, stalls, tills, devices, printers, agencies, enrolment."""

import sqlalchemy as sa
from alembic.operations import Operations

from pos_trace.store import types


def create(op: Operations) -> None:
    """Make the tables, parents first."""
    for table in (_agency, _device, _enrolment, _enrolment_code, _organisation, _printer, _site, _stall, _till):
        table(op)


def _agency(op: Operations) -> None:
    op.create_table(
        "agency",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=200), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_agency")),
    )


def _device(op: Operations) -> None:
    op.create_table(
        "device",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("last_seen_at", types.UtcDateTime(), nullable=True),
        sa.Column("queue_count", sa.Integer(), nullable=False),
        sa.Column("locked_at", types.UtcDateTime(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_device_token_sha256")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_stall_id"), ["stall_id"], unique=False)


def _enrolment(op: Operations) -> None:
    op.create_table(
        "enrolment",
        sa.Column("station_id", types.Id(), nullable=False),
        sa.Column("province_url", sa.String(length=400), nullable=False),
        sa.Column("api_key", sa.String(length=120), nullable=False),
        sa.Column("province_key_id", sa.String(length=80), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_enrolment")),
    )


def _enrolment_code(op: Operations) -> None:
    op.create_table(
        "enrolment_code",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("used_at", types.UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_enrolment_code")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_enrolment_code_code_sha256")),
    )


def _organisation(op: Operations) -> None:
    op.create_table(
        "organisation",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tax_code", sa.String(length=32), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_organisation")),
    )


def _printer(op: Operations) -> None:
    op.create_table(
        "printer",
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=False),
        sa.Column("transport", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("status_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_confirmed_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_printer")),
    )
    with op.batch_alter_table("printer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_printer_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ux_printer_name", ["site_id", "name"], unique=True)


def _site(op: Operations) -> None:
    op.create_table(
        "site",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=True),
        sa.Column("commune", sa.String(length=120), nullable=True),
        sa.Column("operator_name", sa.String(length=200), nullable=True),
        sa.Column("public_key", sa.String(length=64), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_site")),
    )


def _stall(op: Operations) -> None:
    op.create_table(
        "stall",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", types.Id(), nullable=True),
        sa.Column("gln", sa.String(length=13), nullable=True),
        sa.Column("commune", sa.String(length=120), nullable=True),
        sa.Column("golive_date", sa.Date(), nullable=True),
        sa.Column("practice_until", sa.Date(), nullable=True),
        sa.Column("public_key", sa.String(length=64), nullable=True),
        sa.Column("card_token", sa.String(length=20), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_stall")),
    )
    with op.batch_alter_table("stall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stall_card_token"), ["card_token"], unique=False)
        batch_op.create_index(batch_op.f("ix_stall_gln"), ["gln"], unique=False)
        batch_op.create_index("ux_stall_number", ["site_id", "number"], unique=True)


def _till(op: Operations) -> None:
    op.create_table(
        "till",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=True),
        sa.Column("secret_sha256", sa.String(length=64), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_till")),
    )
    with op.batch_alter_table("till", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_till_stall_id"), ["stall_id"], unique=False)
