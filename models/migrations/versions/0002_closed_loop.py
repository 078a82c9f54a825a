"""The closed loop of supervision: receipts to closures, scores, documents, and the audit trail.

What was recorded before keeps its meaning: an item that was in work counts as signed for, a closed one as closed by
the rules of its day, and a plan that runs keeps its lights by time alone.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.audit import GUARDS

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=150), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "number_series",
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_number_series_organ_id_organ")),
        sa.PrimaryKeyConstraint("organ_id", "year", "kind", name=op.f("pk_number_series")),
    )
    op.create_table(
        "scoring_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("leader_weight", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.CheckConstraint("leader_weight BETWEEN 0 AND 100", name=op.f("ck_scoring_rule_weight_in_range")),
        sa.CheckConstraint("start > 0", name=op.f("ck_scoring_rule_starts_above_zero")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_scoring_rule_organ_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_rule")),
        sa.UniqueConstraint("organ_id", "name", "version", name=op.f("uq_scoring_rule_organ_id_name_version")),
    )
    with op.batch_alter_table("scoring_rule", schema=None) as batch_op:
        batch_op.create_index(
            "uq_scoring_rule_preset",
            ["name", "version"],
            unique=True,
            sqlite_where=sa.text("organ_id IS NULL"),
            postgresql_where=sa.text("organ_id IS NULL"),
        )

    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_evaluation_points_in_range")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_evaluation_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_evaluation_department_id_department")
        ),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_evaluation_for_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evaluation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index("ix_evaluation_department_id_from_on", ["department_id", "from_on"], unique=False)

    op.create_table(
        "score_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_score_run_ends_after_start")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_score_run_for_id_person")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_score_run_organ_id_organ")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_run_person_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["annual_plan.id"], name=op.f("fk_score_run_plan_id_annual_plan")),
        sa.ForeignKeyConstraint(["rule_id"], ["scoring_rule.id"], name=op.f("fk_score_run_rule_id_scoring_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_run")),
        sa.UniqueConstraint(
            "plan_id", "from_on", "until_on", "version", name=op.f("uq_score_run_plan_id_from_on_until_on_version")
        ),
    )
    with op.batch_alter_table("score_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_run_organ_id"), ["organ_id"], unique=False)

    op.create_table(
        "score_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deducted", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("objective", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("evaluation", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("final", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_score_result_department_id_department")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["score_run.id"], name=op.f("fk_score_result_run_id_score_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_result")),
        sa.UniqueConstraint(
            "run_id", "department_id", "revision", name=op.f("uq_score_result_run_id_department_id_revision")
        ),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_entry_actor_id_person")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_audit_entry_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_audit_entry_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_audit_entry_organ_id_organ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_item_id", ["item_id"], unique=False)
        batch_op.create_index("ix_audit_entry_organ_id", ["organ_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=100), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_document_item_id_work_item")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_document_organ_id_organ")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("organ_id", "year", "kind", "number", name=op.f("uq_document_organ_id_year_kind_number")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_document_about",
            ["organ_id", "kind", "about"],
            unique=True,
            sqlite_where=sa.text("about IS NOT NULL"),
            postgresql_where=sa.text("about IS NOT NULL"),
        )

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("assignment", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("suggested", sa.String(length=200), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_objection_decided_by_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_objection_item_id_work_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objection_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("item_id", "assignment", name=op.f("uq_objection_item_id_assignment")),
    )
    op.create_table(
        "score_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=300), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_score_line_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_score_line_department_id_department")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_score_line_item_id_work_item")),
        sa.ForeignKeyConstraint(["run_id"], ["score_run.id"], name=op.f("fk_score_line_run_id_score_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_line")),
        sa.UniqueConstraint("run_id", "event", "source", "day", name=op.f("uq_score_line_run_id_event_source_day")),
    )
    with op.batch_alter_table("score_line", schema=None) as batch_op:
        batch_op.create_index("ix_score_line_run_id_department_id", ["run_id", "department_id"], unique=False)

    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.Column("resumed_by_id", sa.Integer(), nullable=True),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.CheckConstraint("resumed_on IS NULL OR resumed_on >= from_on", name=op.f("ck_suspension_ends_after_start")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_suspension_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_suspension_item_id_work_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_suspension_person_id_person")),
        sa.ForeignKeyConstraint(["resumed_by_id"], ["person.id"], name=op.f("fk_suspension_resumed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index("ix_suspension_item_id_from_on", ["item_id", "from_on"], unique=False)
        batch_op.create_index(
            "uq_suspension_open",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("resumed_on IS NULL"),
            postgresql_where=sa.text("resumed_on IS NULL"),
        )

    op.create_table(
        "closure_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement", sa.String(length=2000), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("waiver", sa.String(length=1000), nullable=True),
        sa.Column("waived_by_id", sa.Integer(), nullable=True),
        sa.Column("waived_by", sa.String(length=100), nullable=True),
        sa.CheckConstraint("(waiver IS NULL) = (waived_by IS NULL)", name=op.f("ck_closure_request_waiver_has_a_name")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_closure_request_deadline_id_deadline")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_closure_request_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_closure_request_item_id_work_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_closure_request_person_id_person")),
        sa.ForeignKeyConstraint(["waived_by_id"], ["person.id"], name=op.f("fk_closure_request_waived_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_request")),
    )
    with op.batch_alter_table("closure_request", schema=None) as batch_op:
        batch_op.create_index("ix_closure_request_item_id", ["item_id"], unique=False)
        batch_op.create_index(
            "uq_closure_request_pending",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("progress", sa.String(length=2000), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state <> 'approved' OR granted_on IS NOT NULL", name=op.f("ck_extension_approved_names_a_day")
        ),
        sa.CheckConstraint("proposed_on > from_on", name=op.f("ck_extension_proposes_later")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_extension_deadline_id_deadline")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_extension_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_extension_item_id_work_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_extension_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_extension_pending",
            ["deadline_id"],
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("assignment", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_receipt_department_id_department")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_receipt_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_receipt_item_id_work_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_receipt_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["item_unit.id"], name=op.f("fk_receipt_unit_id_item_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_receipt_open",
            ["issued_on"],
            unique=False,
            sqlite_where=sa.text("signed_at IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=sa.text("signed_at IS NULL AND unit_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_receipt_lead",
            ["item_id", "assignment"],
            unique=True,
            sqlite_where=sa.text("unit_id IS NULL"),
            postgresql_where=sa.text("unit_id IS NULL"),
        )
        batch_op.create_index(
            "uq_receipt_unit",
            ["item_id", "assignment", "unit_id"],
            unique=True,
            sqlite_where=sa.text("unit_id IS NOT NULL"),
            postgresql_where=sa.text("unit_id IS NOT NULL"),
        )

    op.create_table(
        "score_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("points_after", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.CheckConstraint(
            "outcome <> 'upheld' OR points_after IS NOT NULL", name=op.f("ck_score_appeal_upheld_names_points")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (decided_on IS NULL)", name=op.f("ck_score_appeal_decision_has_a_day")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_score_appeal_decided_by_id_person")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_score_appeal_for_id_person")),
        sa.ForeignKeyConstraint(["line_id"], ["score_line.id"], name=op.f("fk_score_appeal_line_id_score_line")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_appeal_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_appeal")),
        sa.UniqueConstraint("line_id", name=op.f("uq_score_appeal_line_id")),
    )
    op.create_table(
        "urge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_urge_document_id_document")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_urge_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_urge_item_id_work_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_urge_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urge")),
    )
    with op.batch_alter_table("urge", schema=None) as batch_op:
        batch_op.create_index("ix_urge_item_id_on", ["item_id", "on"], unique=False)

    op.create_table(
        "closure_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("passed OR comment IS NOT NULL", name=op.f("ck_closure_review_return_has_a_reason")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_closure_review_for_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_closure_review_person_id_person")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["closure_request.id"], name=op.f("fk_closure_review_request_id_closure_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_review")),
        sa.UniqueConstraint("request_id", "level", name=op.f("uq_closure_review_request_id_level")),
    )
    op.create_table(
        "extension_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("comment", sa.String(length=1000), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT approved OR granted_on IS NOT NULL", name=op.f("ck_extension_decision_approval_names_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["extension_id"], ["extension.id"], name=op.f("fk_extension_decision_extension_id_extension")
        ),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_extension_decision_for_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_extension_decision_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_decision")),
        sa.UniqueConstraint("extension_id", "level", name=op.f("uq_extension_decision_extension_id_level")),
    )
    op.create_table(
        "instruction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_instruction_closed_by_id_person")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_instruction_deadline_id_deadline")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_instruction_document_id_document")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_instruction_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_instruction_item_id_work_item")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_instruction_notice_id_notice")),
        sa.ForeignKeyConstraint(["organ_id"], ["organ.id"], name=op.f("fk_instruction_organ_id_organ")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_instruction_person_id_person")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["person.id"], name=op.f("fk_instruction_signed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
    )
    with op.batch_alter_table("instruction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instruction_item_id"), ["item_id"], unique=False)
        batch_op.create_index("ix_instruction_organ_id_on", ["organ_id", "on"], unique=False)

    op.create_table(
        "instruction_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instruction_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=4000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_instruction_reply_for_id_person")),
        sa.ForeignKeyConstraint(
            ["instruction_id"], ["instruction.id"], name=op.f("fk_instruction_reply_instruction_id_instruction")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_instruction_reply_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction_reply")),
    )
    with op.batch_alter_table("instruction_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instruction_reply_instruction_id"), ["instruction_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("act_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(item_id IS NULL) <> (act_id IS NULL)", name=op.f("ck_evidence_belongs_to_one")),
        sa.ForeignKeyConstraint(["act_id"], ["leadership_act.id"], name=op.f("fk_evidence_act_id_leadership_act")),
        sa.ForeignKeyConstraint(["for_id"], ["person.id"], name=op.f("fk_evidence_for_id_person")),
        sa.ForeignKeyConstraint(["item_id"], ["work_item.id"], name=op.f("fk_evidence_item_id_work_item")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evidence_person_id_person")),
        sa.ForeignKeyConstraint(["replaces_id"], ["evidence.id"], name=op.f("fk_evidence_replaces_id_evidence")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_file.sha256"], name=op.f("fk_evidence_sha256_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_evidence_replaces_id")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_evidence_same_file",
            ["item_id", "sha256"],
            unique=True,
            sqlite_where=sa.text("item_id IS NOT NULL AND state <> 'replaced'"),
            postgresql_where=sa.text("item_id IS NOT NULL AND state <> 'replaced'"),
        )

    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claimed_on", sa.Date(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_deadline_item_id_kind_original_due_on"), type_="unique")
        batch_op.create_index(
            "uq_deadline_item_id_kind_original_due_on",
            ["item_id", "kind", "original_due_on"],
            unique=True,
            sqlite_where=sa.text("kind <> 'instruction'"),
            postgresql_where=sa.text("kind <> 'instruction'"),
        )

    with op.batch_alter_table("deadline_move", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", sa.String(length=32), server_default="plan", nullable=False))
        batch_op.add_column(sa.Column("moved_on", sa.Date(), nullable=True))

    with op.batch_alter_table("leadership_act", schema=None) as batch_op:
        batch_op.add_column(sa.Column("instruction_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_leadership_act_instruction_id_instruction"), "instruction", ["instruction_id"], ["id"]
        )

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("text", sa.String(length=300), nullable=True))
        batch_op.alter_column("rung_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(
            "uq_notice_subject",
            ["subject", "recipient_id"],
            unique=True,
            sqlite_where=sa.text("subject IS NOT NULL"),
            postgresql_where=sa.text("subject IS NOT NULL"),
        )

    with op.batch_alter_table("policy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lag_yellow", sa.Integer(), server_default="10", nullable=True))
        batch_op.add_column(sa.Column("lag_red", sa.Integer(), server_default="30", nullable=True))
        batch_op.add_column(sa.Column("objection_days", sa.Integer(), server_default="3", nullable=False))
        batch_op.add_column(sa.Column("extension_limit", sa.Integer(), server_default="2", nullable=False))
        batch_op.add_column(
            sa.Column("extension_levels", sa.JSON(), server_default='[["leader", "first_responsible"]]', nullable=False)
        )
        batch_op.add_column(sa.Column("closure_levels", sa.JSON(), server_default='[["supervisor"]]', nullable=False))
        batch_op.add_column(
            sa.Column(
                "evidence_rules",
                sa.JSON(),
                server_default='{"normal": {"pieces": 1, "categories": []}, "important": {"pieces": 1, "categories": []}, "major": {"pieces": 2, "categories": []}}',
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("urge_gap", sa.Integer(), server_default="3", nullable=False))
        batch_op.add_column(sa.Column("filling", sa.String(length=32), server_default="none", nullable=False))
        batch_op.add_column(sa.Column("filling_day", sa.Integer(), server_default="25", nullable=False))
        batch_op.add_column(
            sa.Column("suspension_unit", sa.String(length=32), server_default="working", nullable=False)
        )
        batch_op.create_check_constraint(
            op.f("ck_policy_lag_in_order"), "lag_yellow IS NULL OR lag_red IS NULL OR lag_yellow <= lag_red"
        )

    with op.batch_alter_table("progress_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("department_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("problems", sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column("next_step", sa.String(length=2000), nullable=True))
        batch_op.add_column(sa.Column("planned", sa.Integer(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_progress_entry_item_id"))
        batch_op.create_index("ix_progress_entry_item_id_on", ["item_id", "on"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_progress_entry_department_id_department"), "department", ["department_id"], ["id"]
        )

    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reported_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("first_closed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("assignments", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("returns", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("extensions", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("reopenings", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_work_item_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_work_item_parent_id_work_item"), "work_item", ["parent_id"], ["id"])

    dialect = op.get_bind().dialect.name
    for guard in GUARDS[dialect]:
        op.execute(guard)
    for statement in _carry_over(postgres=dialect == "postgresql"):
        op.execute(statement)


def _carry_over(*, postgres: bool) -> list[str]:
    """What older rows become."""
    signed_at = "CAST(signed_on AS TIMESTAMP)" if postgres else "signed_on || ' 00:00:00.000000'"
    moved_on = "CAST(moved_at AS DATE)" if postgres else "substr(moved_at, 1, 10)"
    return [
        "INSERT INTO receipt (item_id, assignment, department_id, issued_on, signed_on, signed_at)"
        f" SELECT id, 1, department_id, issued_on, signed_on, CASE WHEN signed_on IS NOT NULL THEN {signed_at} END"
        " FROM work_item WHERE state <> 'draft' AND issued_on IS NOT NULL",
        "INSERT INTO receipt (item_id, assignment, unit_id, department_id, issued_on)"
        " SELECT i.id, 1, u.id, u.department_id, i.issued_on FROM work_item i JOIN item_unit u ON u.item_id = i.id"
        " WHERE i.state IN ('issued', 'active') AND i.issued_on IS NOT NULL AND u.department_id IS NOT NULL",
        'UPDATE work_item SET reported_on = (SELECT max(p."on") FROM progress_entry p WHERE p.item_id = work_item.id)',
        "UPDATE work_item SET first_closed_on = closed_on WHERE closed_on IS NOT NULL",
        'INSERT INTO closure_request (item_id, "on", recorded_at, statement, levels, level, state, evidence, waiver,'
        " waived_by)"
        " SELECT id, closed_on, CURRENT_TIMESTAMP, '升级前已销号', '[]', 0, 'accepted', '[]', '升级前按当时的规定销号',"
        " '系统升级' FROM work_item WHERE state = 'closed' AND closed_on IS NOT NULL",
        f"UPDATE deadline_move SET moved_on = {moved_on}",
        "UPDATE policy SET lag_yellow = NULL, lag_red = NULL WHERE frozen_hash IS NOT NULL",
    ]


def downgrade() -> None:
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_work_item_parent_id_work_item"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_work_item_parent_id"))
        batch_op.drop_column("reopenings")
        batch_op.drop_column("extensions")
        batch_op.drop_column("returns")
        batch_op.drop_column("assignments")
        batch_op.drop_column("parent_id")
        batch_op.drop_column("first_closed_on")
        batch_op.drop_column("reported_on")

    with op.batch_alter_table("progress_entry", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_progress_entry_department_id_department"), type_="foreignkey")
        batch_op.drop_index("ix_progress_entry_item_id_on")
        batch_op.create_index(batch_op.f("ix_progress_entry_item_id"), ["item_id"], unique=False)
        batch_op.drop_column("planned")
        batch_op.drop_column("next_step")
        batch_op.drop_column("problems")
        batch_op.drop_column("department_id")

    with op.batch_alter_table("policy", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_policy_lag_in_order"), type_="check")
        batch_op.drop_column("suspension_unit")
        batch_op.drop_column("filling_day")
        batch_op.drop_column("filling")
        batch_op.drop_column("urge_gap")
        batch_op.drop_column("evidence_rules")
        batch_op.drop_column("closure_levels")
        batch_op.drop_column("extension_levels")
        batch_op.drop_column("extension_limit")
        batch_op.drop_column("objection_days")
        batch_op.drop_column("lag_red")
        batch_op.drop_column("lag_yellow")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_notice_subject",
            sqlite_where=sa.text("subject IS NOT NULL"),
            postgresql_where=sa.text("subject IS NOT NULL"),
        )
        batch_op.alter_column("rung_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("text")
        batch_op.drop_column("subject")

    with op.batch_alter_table("leadership_act", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_leadership_act_instruction_id_instruction"), type_="foreignkey")
        batch_op.drop_column("instruction_id")

    with op.batch_alter_table("deadline_move", schema=None) as batch_op:
        batch_op.drop_column("moved_on")
        batch_op.drop_column("cause")

    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deadline_item_id_kind_original_due_on",
            sqlite_where=sa.text("kind <> 'instruction'"),
            postgresql_where=sa.text("kind <> 'instruction'"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_deadline_item_id_kind_original_due_on"), ["item_id", "kind", "original_due_on"]
        )
        batch_op.drop_column("claimed_on")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_evidence_same_file",
            sqlite_where=sa.text("item_id IS NOT NULL AND state <> 'replaced'"),
            postgresql_where=sa.text("item_id IS NOT NULL AND state <> 'replaced'"),
        )
        batch_op.drop_index(batch_op.f("ix_evidence_item_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_act_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("instruction_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instruction_reply_instruction_id"))

    op.drop_table("instruction_reply")
    with op.batch_alter_table("instruction", schema=None) as batch_op:
        batch_op.drop_index("ix_instruction_organ_id_on")
        batch_op.drop_index(batch_op.f("ix_instruction_item_id"))

    op.drop_table("instruction")
    op.drop_table("extension_decision")
    op.drop_table("closure_review")
    with op.batch_alter_table("urge", schema=None) as batch_op:
        batch_op.drop_index("ix_urge_item_id_on")

    op.drop_table("urge")
    op.drop_table("score_appeal")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_receipt_unit",
            sqlite_where=sa.text("unit_id IS NOT NULL"),
            postgresql_where=sa.text("unit_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_receipt_lead", sqlite_where=sa.text("unit_id IS NULL"), postgresql_where=sa.text("unit_id IS NULL")
        )
        batch_op.drop_index(
            "ix_receipt_open",
            sqlite_where=sa.text("signed_at IS NULL AND unit_id IS NOT NULL"),
            postgresql_where=sa.text("signed_at IS NULL AND unit_id IS NOT NULL"),
        )

    op.drop_table("receipt")
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_extension_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_extension_item_id"))

    op.drop_table("extension")
    with op.batch_alter_table("closure_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_closure_request_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index("ix_closure_request_item_id")

    op.drop_table("closure_request")
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_suspension_open",
            sqlite_where=sa.text("resumed_on IS NULL"),
            postgresql_where=sa.text("resumed_on IS NULL"),
        )
        batch_op.drop_index("ix_suspension_item_id_from_on")

    op.drop_table("suspension")
    with op.batch_alter_table("score_line", schema=None) as batch_op:
        batch_op.drop_index("ix_score_line_run_id_department_id")

    op.drop_table("score_line")
    op.drop_table("objection")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_document_about",
            sqlite_where=sa.text("about IS NOT NULL"),
            postgresql_where=sa.text("about IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_document_item_id"))

    op.drop_table("document")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_organ_id")
        batch_op.drop_index("ix_audit_entry_item_id")

    op.drop_table("audit_entry")
    op.drop_table("score_result")
    with op.batch_alter_table("score_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_run_organ_id"))

    op.drop_table("score_run")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index("ix_evaluation_department_id_from_on")

    op.drop_table("evaluation")
    with op.batch_alter_table("scoring_rule", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_scoring_rule_preset",
            sqlite_where=sa.text("organ_id IS NULL"),
            postgresql_where=sa.text("organ_id IS NULL"),
        )

    op.drop_table("scoring_rule")
    op.drop_table("number_series")
    op.drop_table("stored_file")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_audit_change()")
