"""The house: all tables of the design, keys settled for good."""

import sqlalchemy as sa
from alembic import op

from pos_trace.store import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only; rollback is restore."""
    op.create_table(
        "access_entry",
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=True),
        sa.Column("ground", sa.String(length=200), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_access_entry")),
    )
    with op.batch_alter_table("access_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_entry_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "adjustment",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("delivery_id", types.Id(), nullable=True),
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_adjustment")),
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjustment_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjustment_stall_id"), ["stall_id"], unique=False)

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
    op.create_table(
        "api_key",
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("till_id", types.Id(), nullable=True),
        sa.Column("station_site_id", types.Id(), nullable=True),
        sa.Column("expires_at", types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    with op.batch_alter_table("api_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_key_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ux_audit_number", ["site_id", "number"], unique=True)

    op.create_table(
        "audit_head",
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "case_event",
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("node", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), nullable=True),
        sa.Column("received_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_case_event")),
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_event_feed_seq"), ["feed_seq"], unique=False)
        batch_op.create_index("ux_case_event_author", ["site_id", "case_id", "node", "seq"], unique=True)

    op.create_table(
        "case_file",
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("supplier_name", sa.String(length=200), nullable=True),
        sa.Column("agency_id", types.Id(), nullable=True),
        sa.Column("assigned_to", types.Id(), nullable=True),
        sa.Column("ack_number", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("origin_finding", sa.String(length=20), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("opened_at", types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("ack_number", name=op.f("uq_case_file_ack_number")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_file_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_assigned_to"), ["assigned_to"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_state"), ["state"], unique=False)

    op.create_table(
        "counter",
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "stall_id", "kind", "period", name=op.f("pk_counter")),
    )
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
    op.create_table(
        "facility",
        sa.Column("facility_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("is_individual", sa.Boolean(), nullable=False),
        sa.Column("business_code", sa.String(length=40), nullable=True),
        sa.Column("tax_code", sa.String(length=40), nullable=True),
        sa.Column("gln", sa.String(length=13), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("commune", sa.String(length=120), nullable=True),
        sa.Column("province", sa.String(length=120), nullable=True),
        sa.Column("trace_system", sa.String(length=120), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("facility_id", name=op.f("pk_facility")),
    )
    with op.batch_alter_table("facility", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facility_version"), ["version"], unique=False)

    op.create_table(
        "feed_cursor",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", types.UtcDateTime(), nullable=True),
        sa.Column("failed_at", types.UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_feed_cursor")),
        sa.UniqueConstraint("name", name=op.f("uq_feed_cursor_name")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("caller", sa.String(length=80), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index("ux_idempotency_key", ["site_id", "caller", "route", "key"], unique=True)

    op.create_table(
        "legal_hold",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", types.Id(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("until", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_legal_hold")),
    )
    with op.batch_alter_table("legal_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_hold_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "lot_record",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("lot", sa.String(length=80), nullable=True),
        sa.Column("serial", sa.String(length=80), nullable=True),
        sa.Column("scheme", sa.String(length=40), nullable=True),
        sa.Column("product_name", sa.String(length=300), nullable=False),
        sa.Column("product_group", sa.String(length=40), nullable=True),
        sa.Column("brand", sa.String(length=200), nullable=True),
        sa.Column("image_url", sa.String(length=400), nullable=True),
        sa.Column("facility_id", sa.String(length=80), nullable=False),
        sa.Column("origin_country", sa.String(length=3), nullable=True),
        sa.Column("origin_place", sa.String(length=300), nullable=True),
        sa.Column("production_place_gln", sa.String(length=13), nullable=True),
        sa.Column("planting_area_code", sa.String(length=80), nullable=True),
        sa.Column("production_date", sa.Date(), nullable=True),
        sa.Column("harvest_date", sa.Date(), nullable=True),
        sa.Column("pack_date", sa.Date(), nullable=True),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("expiry_date", sa.Date(), nullable=True),
        sa.Column("net_quantity", types.Quantity(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("standards", sa.JSON(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("importer", sa.JSON(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("recall_id", sa.String(length=80), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_lot_record")),
    )
    with op.batch_alter_table("lot_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_record_facility_id"), ["facility_id"], unique=False)
        batch_op.create_index("ix_lot_record_gtin_lot", ["gtin", "lot"], unique=False)
        batch_op.create_index("ix_lot_record_version", ["version"], unique=False)

    op.create_table(
        "lot_sighting",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("received_kg", types.Quantity(), nullable=False),
        sa.Column("first_scan_at", types.UtcDateTime(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_lot_sighting")),
    )
    with op.batch_alter_table("lot_sighting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_sighting_key"), ["key"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tax_code", sa.String(length=32), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("destination", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("group_key", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("plain", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", types.UtcDateTime(), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("last_status", sa.String(length=200), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("done_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_outbox_message")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_message_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ix_outbox_waiting", ["state", "next_at"], unique=False)
        batch_op.create_index("ux_outbox_group_seq", ["site_id", "destination", "group_key", "seq"], unique=True)

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

    op.create_table(
        "print_job",
        sa.Column("printer_id", types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", types.Id(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("slip", sa.JSON(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("next_at", types.UtcDateTime(), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answered", sa.String(length=20), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_printer_id"), ["printer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_job_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index("ix_print_job_waiting", ["site_id", "printer_id", "state", "next_at"], unique=False)

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

    op.create_table(
        "published_receipt",
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("short_code", sa.String(length=10), nullable=False),
        sa.Column("site_id", sa.String(length=36), nullable=False),
        sa.Column("stall_gln", sa.String(length=13), nullable=True),
        sa.Column("stall_name", sa.String(length=200), nullable=False),
        sa.Column("sold_hour", types.UtcDateTime(), nullable=False),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_published_receipt")),
    )
    with op.batch_alter_table("published_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_receipt_short_code"), ["short_code"], unique=False)

    op.create_table(
        "recall",
        sa.Column("recall_id", sa.String(length=80), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", types.UtcDateTime(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("collect_at", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("recall_id", name=op.f("pk_recall")),
    )
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_version"), ["version"], unique=False)

    op.create_table(
        "records_file",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_records_file")),
    )
    op.create_table(
        "reporter_identity",
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("contact", sa.String(length=200), nullable=True),
        sa.Column("consent", sa.String(length=200), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_reporter_identity")),
    )
    with op.batch_alter_table("reporter_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reporter_identity_case_id"), ["case_id"], unique=False)

    op.create_table(
        "sale",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("till", sa.String(length=80), nullable=False),
        sa.Column("cashier", sa.String(length=80), nullable=True),
        sa.Column("receipt_no", sa.String(length=80), nullable=False),
        sa.Column("sold_at", types.UtcDateTime(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("returned_sale_id", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_sale")),
    )
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index("ux_sale_external_id", ["site_id", "stall_id", "till", "external_id"], unique=True)

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

    op.create_table(
        "stop_sale",
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("recall_id", sa.String(length=80), nullable=True),
        sa.Column("sale_id", types.Id(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_stop_sale")),
    )
    with op.batch_alter_table("stop_sale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stop_sale_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stop_sale_stall_id"), ["stall_id"], unique=False)

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

    op.create_table(
        "transfer",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("buyer", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_transfer")),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("secret_hash", sa.String(length=300), nullable=True),
        sa.Column("secret_kind", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_user_account")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index("ux_user_login", ["site_id", "login"], unique=True)

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

    op.create_table(
        "version_counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_version_counter")),
    )
    op.create_table(
        "case_line",
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("goods_name", sa.String(length=300), nullable=False),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "case_id"], ["case_file.site_id", "case_file.id"], name=op.f("fk_case_line_site_id_case_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_case_line")),
    )
    with op.batch_alter_table("case_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_line_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_line_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_line_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_line_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("facility_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=True),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["facility_id"], ["facility.facility_id"], name=op.f("fk_certificate_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "position", name=op.f("pk_certificate")),
    )
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

    op.create_table(
        "evidence",
        sa.Column("case_id", types.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "case_id"], ["case_file.site_id", "case_file.id"], name=op.f("fk_evidence_site_id_case_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("user_id", types.Id(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("agency_id", types.Id(), nullable=True),
        sa.Column("ends_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "user_id"],
            ["user_account.site_id", "user_account.id"],
            name=op.f("fk_membership_site_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

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

    op.create_table(
        "print_attempt",
        sa.Column("job_id", types.Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bytes_sent", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=True),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "job_id"], ["print_job.site_id", "print_job.id"], name=op.f("fk_print_attempt_site_id_job_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_print_attempt")),
    )
    with op.batch_alter_table("print_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_attempt_job_id"), ["job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_print_attempt_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "published_line",
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_name", sa.String(length=300), nullable=False),
        sa.Column("lot_keys", sa.JSON(), nullable=False),
        sa.Column("lot_source", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["token"], ["published_receipt.token"], name=op.f("fk_published_line_token")),
        sa.PrimaryKeyConstraint("token", "line_no", name=op.f("pk_published_line")),
    )
    op.create_table(
        "recall_lot",
        sa.Column("recall_id", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.recall_id"], name=op.f("fk_recall_lot_recall_id")),
        sa.PrimaryKeyConstraint("recall_id", "key", name=op.f("pk_recall_lot")),
    )
    with op.batch_alter_table("recall_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_lot_key"), ["key"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("sale_id", types.Id(), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("short_code", sa.String(length=10), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("keep_until", types.UtcDateTime(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "sale_id"], ["sale.site_id", "sale.id"], name=op.f("fk_receipt_site_id_sale_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("token", name=op.f("uq_receipt_token")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_sale_id"), ["sale_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_short_code"), ["short_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "sale_line",
        sa.Column("sale_id", types.Id(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("product_id", types.Id(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("quantity", types.Quantity(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("lot_source", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "sale_id"], ["sale.site_id", "sale.id"], name=op.f("fk_sale_line_site_id_sale_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_sale_line")),
    )
    with op.batch_alter_table("sale_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_line_sale_id"), ["sale_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_line_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", types.Id(), nullable=False),
        sa.Column("device_id", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=True),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "user_id"], ["user_account.site_id", "user_account.id"], name=op.f("fk_session_site_id_user_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_session_token_sha256")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "stock_lot",
        sa.Column("line_id", types.Id(), nullable=True),
        sa.Column("product_id", types.Id(), nullable=False),
        sa.Column("parent_lot_id", types.Id(), nullable=True),
        sa.Column("key", sa.String(length=400), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("on_hand", types.Quantity(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_reason", sa.String(length=40), nullable=True),
        sa.Column("held_from", types.UtcDateTime(), nullable=True),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("harvested", sa.Date(), nullable=True),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("closed_at", types.UtcDateTime(), nullable=True),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_lot_never_negative")),
        sa.ForeignKeyConstraint(
            ["site_id", "product_id"], ["product.site_id", "product.id"], name=op.f("fk_stock_lot_site_id_product_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_stock_lot")),
    )
    with op.batch_alter_table("stock_lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_lot_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_lot_line_id"), ["line_id"], unique=False)
        batch_op.create_index("ix_stock_lot_open", ["site_id", "stall_id", "product_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_lot_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_lot_stall_id"), ["stall_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_lot_state"), ["state"], unique=False)

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

    op.create_table(
        "lot_allocation",
        sa.Column("sale_line_id", types.Id(), nullable=False),
        sa.Column("lot_id", types.Id(), nullable=True),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("certainty", sa.String(length=20), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("settled_by", types.Id(), nullable=True),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "sale_line_id"],
            ["sale_line.site_id", "sale_line.id"],
            name=op.f("fk_lot_allocation_site_id_sale_line_id"),
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_lot_allocation")),
    )
    with op.batch_alter_table("lot_allocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_allocation_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_allocation_sale_line_id"), ["sale_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_allocation_stall_id"), ["stall_id"], unique=False)

    op.create_table(
        "stock_movement",
        sa.Column("lot_id", types.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("quantity", types.Quantity(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", types.Id(), nullable=False),
        sa.Column("stall_id", types.Id(), nullable=False),
        sa.Column("site_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "lot_id"], ["stock_lot.site_id", "stock_lot.id"], name=op.f("fk_stock_movement_site_id_lot_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_stock_movement")),
    )
    with op.batch_alter_table("stock_movement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_movement_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_movement_stall_id"), ["stall_id"], unique=False)
