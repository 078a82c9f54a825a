"""Report desk."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("organ_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("imported_by", sa.String(length=100), nullable=True))
    op.execute(
        "UPDATE import_batch SET kind = 'plan', imported_by = '',"
        " organ_id = (SELECT organ_id FROM annual_plan WHERE annual_plan.id = import_batch.plan_id)"
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(length=32), nullable=False)
        batch_op.alter_column("imported_by", existing_type=sa.String(length=100), nullable=False)
        batch_op.alter_column("plan_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_import_batch_organ_id"), ["organ_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_import_batch_organ_id_organ"), "organ", ["organ_id"], ["id"])

    with op.batch_alter_table("import_change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("table_name", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("row_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("after", sa.JSON(), nullable=True))
    op.execute("UPDATE import_change SET table_name = 'work_item', row_id = item_id, after = '{}'")
    with op.batch_alter_table("import_change", schema=None) as batch_op:
        batch_op.alter_column("table_name", existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column("before", existing_type=sa.JSON(), nullable=True)
        batch_op.drop_constraint(batch_op.f("fk_import_change_item_id_work_item"), type_="foreignkey")
        batch_op.drop_column("item_id")

    op.create_table(
        "report_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("own_day", sa.String(length=5), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_report_term_organ_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_term")),
        sa.UniqueConstraint("organ_id", name=op.f("uq_report_term_organ_id")),
    )
    op.create_table(
        "filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("archive_number", sa.String(length=100), nullable=True),
        sa.Column("archive_place", sa.String(length=200), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_filing_organ_id_organ")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_filing_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("organ_id", "year", name=op.f("uq_filing_organ_id_year")),
    )
    op.create_table(
        "inspection_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=200), nullable=False),
        sa.Column("percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("per_object", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("seed_given", sa.Boolean(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=True),
        sa.Column("objects", sa.JSON(), nullable=False),
        sa.Column("inspectors", sa.JSON(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("algorithm", sa.String(length=32), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=True),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["person.id"], name=op.f("fk_inspection_draw_drawn_by_id_person")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_inspection_draw_organ_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_draw")),
        sa.UniqueConstraint("organ_id", "drawn_on", "plan", name=op.f("uq_inspection_draw_organ_id_drawn_on_plan")),
    )
    op.create_table(
        "ledger_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("term", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_ledger_term_confirmed_by_id_person")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_ledger_term_organ_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_term")),
        sa.UniqueConstraint("organ_id", "kind", "term", name=op.f("uq_ledger_term_organ_id_kind_term")),
    )
    op.create_table(
        "received_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("bound_hash", sa.String(length=64), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("package_sha256", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_received_report_organ_id_organ")),
        sa.ForeignKeyConstraint(
            ["package_sha256"], ["stored_file.sha256"], name=op.f("fk_received_report_package_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["person.id"], name=op.f("fk_received_report_received_by_id_person")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["organ.id"], name=op.f("fk_received_report_sender_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_report")),
        sa.UniqueConstraint("sender_id", "year", "content_hash", name="uq_received_report_content"),
    )
    with op.batch_alter_table("received_report", schema=None) as batch_op:
        batch_op.create_index("ix_received_report_organ_id_year", ["organ_id", "year"], unique=False)

    op.create_table(
        "report_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("block_key", sa.String(length=200), nullable=False),
        sa.Column("quoted", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_report_comment_organ_id_organ")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_comment_person_id_person")),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["person.id"], name=op.f("fk_report_comment_resolved_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_comment")),
    )
    with op.batch_alter_table("report_comment", schema=None) as batch_op:
        batch_op.create_index("ix_report_comment_organ_id_year", ["organ_id", "year"], unique=False)

    op.create_table(
        "report_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("block_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("other_key", sa.String(length=200), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_report_edit_organ_id_organ")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_edit_person_id_person")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_edit_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_edit")),
    )
    with op.batch_alter_table("report_edit", schema=None) as batch_op:
        batch_op.create_index("ix_report_edit_organ_id_year", ["organ_id", "year"], unique=False)

    op.create_table(
        "report_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_report_template_organ_id_organ")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_report_template_set_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_template")),
        sa.UniqueConstraint("organ_id", "revision", name=op.f("uq_report_template_organ_id_revision")),
    )
    op.create_table(
        "report_word_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_report_word_template_organ_id_organ")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_report_word_template_set_by_id_person")),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_report_word_template_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_word_template")),
        sa.UniqueConstraint("organ_id", "revision", name=op.f("uq_report_word_template_organ_id_revision")),
    )
    op.create_table(
        "trusted_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("replaced_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_trusted_key_confirmed_by_id_person")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_trusted_key_organ_id_organ")),
        sa.ForeignKeyConstraint(["sender_id"], ["organ.id"], name=op.f("fk_trusted_key_sender_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_key")),
    )
    with op.batch_alter_table("trusted_key", schema=None) as batch_op:
        batch_op.create_index(
            "uq_trusted_key_sender_id_in_force",
            ["sender_id"],
            unique=True,
            sqlite_where=sa.text("replaced_on IS NULL"),
            postgresql_where=sa.text("replaced_on IS NULL"),
        )

    op.create_table(
        "filing_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=False),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("about", sa.String(length=300), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_step_filing_id_filing")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_filing_step_for_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_filing_step_person_id_person")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_filing_step_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_step")),
        sa.UniqueConstraint("filing_id", "ordinal", name=op.f("uq_filing_step_filing_id_ordinal")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_publication_filing_id_filing")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_publication_person_id_person")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_publication_report_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("filing_id", "round", "place", name=op.f("uq_publication_filing_id_round_place")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("unit", sa.String(length=200), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("renewable_on", sa.Date(), nullable=True),
        sa.Column("examined_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_certificate_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_certificate_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_certificate_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_certificate_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_certificate_organ_id_issued_on", ["organ_id", "issued_on"], unique=False)

    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("consulted_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opinion", sa.String(length=2000), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("adoption", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("waived_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_consultation_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_consultation_department_id_department")
        ),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_consultation_filing_id_filing")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_consultation_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_consultation_item_id_work_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consultation_person_id_person")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_consultation_report_id_report")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name=op.f("fk_consultation_settled_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_filing_id"), ["filing_id"], unique=False)
        batch_op.create_index(
            "uq_consultation_open",
            ["filing_id", "department_id"],
            unique=True,
            sqlite_where=sa.text("replied_on IS NULL AND waived_on IS NULL"),
            postgresql_where=sa.text("replied_on IS NULL AND waived_on IS NULL"),
        )

    op.create_table(
        "counsel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("firm", sa.String(length=200), nullable=True),
        sa.Column("engaged_from", sa.Date(), nullable=False),
        sa.Column("engaged_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_counsel_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_counsel_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_counsel_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_counsel_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counsel")),
    )
    with op.batch_alter_table("counsel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counsel_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_counsel_organ_id_engaged_from", ["organ_id", "engaged_from"], unique=False)

    op.create_table(
        "credit_publicity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("party", sa.String(length=200), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("publish_by", sa.Date(), nullable=True),
        sa.Column("send_by", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_credit_publicity_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_credit_publicity_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_credit_publicity_organ_id_organ")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_credit_publicity_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_publicity")),
    )
    with op.batch_alter_table("credit_publicity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_publicity_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_credit_publicity_organ_id_decided_on", ["organ_id", "decided_on"], unique=False)

    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("article", sa.String(length=300), nullable=True),
        sa.Column("department", sa.String(length=100), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_duty_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_duty_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_duty_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_duty_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_duty_organ_id_listed_on", ["organ_id", "listed_on"], unique=False)

    op.create_table(
        "file_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("defects", sa.Integer(), server_default="0", nullable=False),
        sa.Column("corrected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("uncorrected", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("corrected <= defects", name=op.f("ck_file_review_corrected_within_defects")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_file_review_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_file_review_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_file_review_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_file_review_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_review")),
    )
    with op.batch_alter_table("file_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_review_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_file_review_organ_id_held_on", ["organ_id", "held_on"], unique=False)

    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("first", sa.String(length=300), nullable=False),
        sa.Column("second", sa.String(length=300), nullable=False),
        sa.Column("title", sa.String(length=1000), nullable=False),
        sa.Column("points", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("claimed", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("basis", sa.String(length=1000), nullable=True),
        sa.Column("branch", sa.String(length=640), nullable=True),
        sa.CheckConstraint("claimed >= 0", name=op.f("ck_indicator_claimed_not_negative")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_indicator_points_not_negative")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_indicator_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_indicator_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_indicator_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_indicator_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    with op.batch_alter_table("indicator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indicator_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_indicator_organ_id_adopted_on", ["organ_id", "adopted_on"], unique=False)

    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("question", sa.String(length=2000), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_inquiry_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_inquiry_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_inquiry_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_inquiry_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_inquiry_organ_id_asked_on", ["organ_id", "asked_on"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("plan", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("inspectors", sa.String(length=500), nullable=True),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=True),
        sa.Column("inspected_on", sa.Date(), nullable=True),
        sa.Column("problems", sa.Integer(), nullable=True),
        sa.Column("handled", sa.String(length=1000), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("publish_by", sa.Date(), nullable=True),
        sa.Column("drawing", sa.String(length=220), nullable=True),
        sa.CheckConstraint("problems >= 0", name=op.f("ck_inspection_problems_not_negative")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_inspection_batch_id_import_batch")),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["inspection_draw.id"], name=op.f("fk_inspection_draw_id_inspection_draw")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_inspection_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_inspection_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_inspection_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inspection_draw_id"), ["draw_id"], unique=False)
        batch_op.create_index("ix_inspection_organ_id_drawn_on", ["organ_id", "drawn_on"], unique=False)

    op.create_table(
        "legal_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reviewer", sa.String(length=100), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("adopted", sa.Boolean(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_legal_review_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_legal_review_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_legal_review_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_legal_review_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_review")),
    )
    with op.batch_alter_table("legal_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_review_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_legal_review_organ_id_received_on", ["organ_id", "received_on"], unique=False)

    op.create_table(
        "major_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("matter", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("comment_from", sa.Date(), nullable=True),
        sa.Column("comment_until", sa.Date(), nullable=True),
        sa.Column("expert_on", sa.Date(), nullable=True),
        sa.Column("risk_on", sa.Date(), nullable=True),
        sa.Column("legality_sent_on", sa.Date(), nullable=True),
        sa.Column("legality_done_on", sa.Date(), nullable=True),
        sa.Column("discussed_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("exempt", sa.String(length=100), nullable=True),
        sa.Column("exempt_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_major_decision_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_major_decision_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_major_decision_organ_id_organ")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_major_decision_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_major_decision")),
    )
    with op.batch_alter_table("major_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_major_decision_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_major_decision_organ_id_decided_on", ["organ_id", "decided_on"], unique=False)

    op.create_table(
        "opened_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_opened_item_item_id_work_item")),
        sa.ForeignKeyConstraint(["plan_id"], ["annual_plan.id"], name=op.f("fk_opened_item_plan_id_annual_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opened_item")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_opened_item_plan_id_key")),
    )
    op.create_table(
        "publicity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("node", sa.String(length=100), nullable=True),
        sa.Column("audience", sa.String(length=200), nullable=True),
        sa.Column("reached", sa.String(length=40), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("approximate", sa.Boolean(), nullable=True),
        sa.Column("materials", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_publicity_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_publicity_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_publicity_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_publicity_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity")),
    )
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publicity_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_publicity_organ_id_held_on", ["organ_id", "held_on"], unique=False)

    op.create_table(
        "regulation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_regulation_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_regulation_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_regulation_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_regulation_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation")),
    )
    with op.batch_alter_table("regulation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_regulation_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_regulation_organ_id_issued_on", ["organ_id", "issued_on"], unique=False)

    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=6, scale=1), nullable=True),
        sa.CheckConstraint("hours > 0", name=op.f("ck_training_hours_positive")),
        sa.CheckConstraint("people > 0", name=op.f("ck_training_people_positive")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_training_batch_id_import_batch")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_training_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_training_organ_id_organ")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_training_recorded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_training_organ_id_held_on", ["organ_id", "held_on"], unique=False)

    op.create_table(
        "ledger_deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_ledger_deadline_deadline_id_deadline")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_ledger_deadline_organ_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_deadline")),
        sa.UniqueConstraint("deadline_id", name=op.f("uq_ledger_deadline_deadline_id")),
        sa.UniqueConstraint(
            "organ_id", "kind", "row_id", "term", "year", name=op.f("uq_ledger_deadline_organ_id_kind_row_id_term_year")
        ),
    )
    op.create_table(
        "addressee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("way", sa.String(length=100), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("receipt_on", sa.Date(), nullable=True),
        sa.Column("receipt_number", sa.String(length=100), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("dropped", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_addressee_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_addressee_filing_id_filing")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_addressee_sent_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addressee")),
        sa.UniqueConstraint("filing_id", "round", "name", name=op.f("uq_addressee_filing_id_round_name")),
    )
    op.create_table(
        "ledger_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("linked_on", sa.Date(), nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(item_id IS NULL) <> (evidence_id IS NULL)", name=op.f("ck_ledger_link_leads_to_one")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_ledger_link_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_ledger_link_item_id_work_item")),
        sa.ForeignKeyConstraint(["linked_by_id"], ["person.id"], name=op.f("fk_ledger_link_linked_by_id_person")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_ledger_link_organ_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_link")),
    )
    with op.batch_alter_table("ledger_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_link_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_link_item_id"), ["item_id"], unique=False)
        batch_op.create_index("ix_ledger_link_organ_id_kind", ["organ_id", "kind"], unique=False)
        batch_op.create_index(
            "uq_ledger_link_evidence",
            ["kind", "row_id", "evidence_id"],
            unique=True,
            sqlite_where=sa.text("evidence_id IS NOT NULL AND removed_on IS NULL"),
            postgresql_where=sa.text("evidence_id IS NOT NULL AND removed_on IS NULL"),
        )
        batch_op.create_index(
            "uq_ledger_link_item",
            ["kind", "row_id", "item_id"],
            unique=True,
            sqlite_where=sa.text("item_id IS NOT NULL AND removed_on IS NULL"),
            postgresql_where=sa.text("item_id IS NOT NULL AND removed_on IS NULL"),
        )

    with op.batch_alter_table("deficiency", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(length=1000), nullable=True))
        batch_op.add_column(sa.Column("recorded_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_reason", sa.String(length=500), nullable=True))
        batch_op.create_index(batch_op.f("ix_deficiency_batch_id"), ["batch_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_deficiency_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_deficiency_recorded_by_id_person"), "person", ["recorded_by_id"], ["id"]
        )

    with op.batch_alter_table("enforcement_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("item_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(length=1000), nullable=True))
        batch_op.add_column(sa.Column("recorded_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_reason", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(length=32), server_default="penalty", nullable=False))
        batch_op.add_column(sa.Column("filed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("recorded_throughout", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("reviewed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("published_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("outcome_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("taken_down_on", sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f("ix_enforcement_case_batch_id"), ["batch_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_enforcement_case_item_id_work_item"), "work_item", ["item_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_enforcement_case_recorded_by_id_person"), "person", ["recorded_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_enforcement_case_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
        )

    with op.batch_alter_table("leadership_act", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(length=1000), nullable=True))
        batch_op.add_column(sa.Column("recorded_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_reason", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("hearing", sa.Boolean(), nullable=True))
        batch_op.create_index(batch_op.f("ix_leadership_act_batch_id"), ["batch_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_leadership_act_recorded_by_id_person"), "person", ["recorded_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_leadership_act_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
        )

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("based_on_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("content_hash", sa.String(length=64), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_report_based_on_id_report"), "report", ["based_on_id"], ["id"])

    with op.batch_alter_table("report_block", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("origins", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("compiled", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("was_compiled", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("author_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("placed", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("titled", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("internal", sa.String(length=300), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_report_block_author_id_person"), "person", ["author_id"], ["id"])

    with op.batch_alter_table("report_figure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parts", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("code", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("definition", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("first_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("last_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("internal", sa.String(length=300), nullable=True))

    with op.batch_alter_table("study_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("item_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(length=1000), nullable=True))
        batch_op.add_column(sa.Column("recorded_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_reason", sa.String(length=500), nullable=True))
        batch_op.create_index(batch_op.f("ix_study_session_batch_id"), ["batch_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_study_session_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_study_session_recorded_by_id_person"), "person", ["recorded_by_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_study_session_item_id_work_item"), "work_item", ["item_id"], ["id"])

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ledger", sa.String(length=32), nullable=True))

    # Alembic does not see a changed condition of a partial index.
    op.drop_index("uq_deadline_item_id_kind_original_due_on", table_name="deadline")
    op.create_index(
        "uq_deadline_item_id_kind_original_due_on",
        "deadline",
        ["item_id", "kind", "original_due_on"],
        unique=True,
        sqlite_where=sa.text("kind NOT IN ('instruction', 'ledger')"),
        postgresql_where=sa.text("kind NOT IN ('instruction', 'ledger')"),
    )


def downgrade() -> None:
    op.drop_index("uq_deadline_item_id_kind_original_due_on", table_name="deadline")
    op.create_index(
        "uq_deadline_item_id_kind_original_due_on",
        "deadline",
        ["item_id", "kind", "original_due_on"],
        unique=True,
        sqlite_where=sa.text("kind <> 'instruction'"),
        postgresql_where=sa.text("kind <> 'instruction'"),
    )

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_column("ledger")

    with op.batch_alter_table("study_session", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_study_session_item_id_work_item"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_study_session_recorded_by_id_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_study_session_batch_id_import_batch"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_study_session_batch_id"))
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_on")
        batch_op.drop_column("revision")
        batch_op.drop_column("recorded_by_id")
        batch_op.drop_column("note")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("item_id")

    with op.batch_alter_table("report_figure", schema=None) as batch_op:
        batch_op.drop_column("internal")
        batch_op.drop_column("last_on")
        batch_op.drop_column("first_on")
        batch_op.drop_column("definition")
        batch_op.drop_column("code")
        batch_op.drop_column("parts")

    with op.batch_alter_table("report_block", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_report_block_author_id_person"), type_="foreignkey")
        batch_op.drop_column("internal")
        batch_op.drop_column("titled")
        batch_op.drop_column("placed")
        batch_op.drop_column("withdrawn")
        batch_op.drop_column("author_id")
        batch_op.drop_column("was_compiled")
        batch_op.drop_column("compiled")
        batch_op.drop_column("origins")
        batch_op.drop_column("key")

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_report_based_on_id_report"), type_="foreignkey")
        batch_op.drop_column("content_hash")
        batch_op.drop_column("based_on_id")

    with op.batch_alter_table("leadership_act", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_leadership_act_batch_id_import_batch"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_leadership_act_recorded_by_id_person"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_leadership_act_batch_id"))
        batch_op.drop_column("hearing")
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_on")
        batch_op.drop_column("revision")
        batch_op.drop_column("recorded_by_id")
        batch_op.drop_column("note")
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("enforcement_case", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_enforcement_case_batch_id_import_batch"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_enforcement_case_recorded_by_id_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_enforcement_case_item_id_work_item"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_enforcement_case_batch_id"))
        batch_op.drop_column("taken_down_on")
        batch_op.drop_column("outcome_on")
        batch_op.drop_column("published_on")
        batch_op.drop_column("reviewed_on")
        batch_op.drop_column("recorded_throughout")
        batch_op.drop_column("filed_on")
        batch_op.drop_column("kind")
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_on")
        batch_op.drop_column("revision")
        batch_op.drop_column("recorded_by_id")
        batch_op.drop_column("note")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("item_id")

    with op.batch_alter_table("deficiency", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_deficiency_recorded_by_id_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_deficiency_batch_id_import_batch"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_deficiency_batch_id"))
        batch_op.drop_column("withdrawn_reason")
        batch_op.drop_column("withdrawn_on")
        batch_op.drop_column("revision")
        batch_op.drop_column("recorded_by_id")
        batch_op.drop_column("note")
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("ledger_link", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ledger_link_item",
            sqlite_where=sa.text("item_id IS NOT NULL AND removed_on IS NULL"),
            postgresql_where=sa.text("item_id IS NOT NULL AND removed_on IS NULL"),
        )
        batch_op.drop_index(
            "uq_ledger_link_evidence",
            sqlite_where=sa.text("evidence_id IS NOT NULL AND removed_on IS NULL"),
            postgresql_where=sa.text("evidence_id IS NOT NULL AND removed_on IS NULL"),
        )
        batch_op.drop_index("ix_ledger_link_organ_id_kind")
        batch_op.drop_index(batch_op.f("ix_ledger_link_item_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_link_evidence_id"))

    op.drop_table("ledger_link")
    op.drop_table("addressee")
    op.drop_table("ledger_deadline")
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.drop_index("ix_training_organ_id_held_on")
        batch_op.drop_index(batch_op.f("ix_training_batch_id"))

    op.drop_table("training")
    with op.batch_alter_table("regulation", schema=None) as batch_op:
        batch_op.drop_index("ix_regulation_organ_id_issued_on")
        batch_op.drop_index(batch_op.f("ix_regulation_batch_id"))

    op.drop_table("regulation")
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.drop_index("ix_publicity_organ_id_held_on")
        batch_op.drop_index(batch_op.f("ix_publicity_batch_id"))

    op.drop_table("publicity")
    op.drop_table("opened_item")
    with op.batch_alter_table("major_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_major_decision_organ_id_decided_on")
        batch_op.drop_index(batch_op.f("ix_major_decision_batch_id"))

    op.drop_table("major_decision")
    with op.batch_alter_table("legal_review", schema=None) as batch_op:
        batch_op.drop_index("ix_legal_review_organ_id_received_on")
        batch_op.drop_index(batch_op.f("ix_legal_review_batch_id"))

    op.drop_table("legal_review")
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.drop_index("ix_inspection_organ_id_drawn_on")
        batch_op.drop_index(batch_op.f("ix_inspection_draw_id"))
        batch_op.drop_index(batch_op.f("ix_inspection_batch_id"))

    op.drop_table("inspection")
    with op.batch_alter_table("inquiry", schema=None) as batch_op:
        batch_op.drop_index("ix_inquiry_organ_id_asked_on")
        batch_op.drop_index(batch_op.f("ix_inquiry_batch_id"))

    op.drop_table("inquiry")
    with op.batch_alter_table("indicator", schema=None) as batch_op:
        batch_op.drop_index("ix_indicator_organ_id_adopted_on")
        batch_op.drop_index(batch_op.f("ix_indicator_batch_id"))

    op.drop_table("indicator")
    with op.batch_alter_table("file_review", schema=None) as batch_op:
        batch_op.drop_index("ix_file_review_organ_id_held_on")
        batch_op.drop_index(batch_op.f("ix_file_review_batch_id"))

    op.drop_table("file_review")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_organ_id_listed_on")
        batch_op.drop_index(batch_op.f("ix_duty_batch_id"))

    op.drop_table("duty")
    with op.batch_alter_table("credit_publicity", schema=None) as batch_op:
        batch_op.drop_index("ix_credit_publicity_organ_id_decided_on")
        batch_op.drop_index(batch_op.f("ix_credit_publicity_batch_id"))

    op.drop_table("credit_publicity")
    with op.batch_alter_table("counsel", schema=None) as batch_op:
        batch_op.drop_index("ix_counsel_organ_id_engaged_from")
        batch_op.drop_index(batch_op.f("ix_counsel_batch_id"))

    op.drop_table("counsel")
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_consultation_open",
            sqlite_where=sa.text("replied_on IS NULL AND waived_on IS NULL"),
            postgresql_where=sa.text("replied_on IS NULL AND waived_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_consultation_filing_id"))

    op.drop_table("consultation")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_organ_id_issued_on")
        batch_op.drop_index(batch_op.f("ix_certificate_batch_id"))

    op.drop_table("certificate")
    op.drop_table("publication")
    op.drop_table("filing_step")
    with op.batch_alter_table("trusted_key", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_trusted_key_sender_id_in_force",
            sqlite_where=sa.text("replaced_on IS NULL"),
            postgresql_where=sa.text("replaced_on IS NULL"),
        )

    op.drop_table("trusted_key")
    op.drop_table("report_word_template")
    op.drop_table("report_template")
    with op.batch_alter_table("report_edit", schema=None) as batch_op:
        batch_op.drop_index("ix_report_edit_organ_id_year")

    op.drop_table("report_edit")
    with op.batch_alter_table("report_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_report_comment_organ_id_year")

    op.drop_table("report_comment")
    with op.batch_alter_table("received_report", schema=None) as batch_op:
        batch_op.drop_index("ix_received_report_organ_id_year")

    op.drop_table("received_report")
    op.drop_table("ledger_term")
    op.drop_table("inspection_draw")
    op.drop_table("filing")
    op.drop_table("report_term")
    # Batches of other kinds than a plan's list cannot be told by what there was before.
    op.execute("DELETE FROM import_change WHERE batch_id IN (SELECT id FROM import_batch WHERE plan_id IS NULL)")
    op.execute("DELETE FROM import_batch WHERE plan_id IS NULL")
    with op.batch_alter_table("import_change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("item_id", sa.Integer(), nullable=True))
    op.execute("UPDATE import_change SET item_id = row_id")
    with op.batch_alter_table("import_change", schema=None) as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_import_change_item_id_work_item"), "work_item", ["item_id"], ["id"])
        batch_op.alter_column("item_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column("before", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("after")
        batch_op.drop_column("row_id")
        batch_op.drop_column("table_name")

    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_import_batch_organ_id_organ"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_import_batch_organ_id"))
        batch_op.alter_column("plan_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("imported_by")
        batch_op.drop_column("organ_id")
        batch_op.drop_column("kind")
