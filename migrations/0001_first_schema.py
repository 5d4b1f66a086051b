"""First schema

Revision: 0001
Follows: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None


EXTENSIONS = ("postgis", "pg_trgm", "btree_gist", "unaccent")


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="member", nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('administrator', 'planner', 'member')", name=op.f("ck_account_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("uq_account_email_lower", "account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "city",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("default_language", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("srid", sa.Integer(), nullable=False),
        sa.Column("attribution", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
        sa.UniqueConstraint("slug", name=op.f("uq_city_slug")),
    )
    op.create_table(
        "comment_cell",
        sa.Column("plan_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("z", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("y", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phase_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "plan_id", "z", "x", "y", "phase_id", "topic_id", "stance", name=op.f("pk_comment_cell")
        ),
    )
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limit")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "vote_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("vote_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("phase_id", sa.BigInteger(), nullable=False),
        sa.Column("identity_level", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.CheckConstraint("ending IN ('changed', 'withdrawn')", name=op.f("ck_vote_history_ending")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_history")),
    )
    op.create_index("ix_vote_history_participant", "vote_history", ["participant_id"], unique=False)
    op.create_index("ix_vote_history_vote", "vote_history", ["vote_id"], unique=False)
    op.create_table(
        "vote_tally",
        sa.Column("segment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("measure_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity_level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "segment_id", "measure_id", "group_id", "identity_level", "position", name=op.f("pk_vote_tally")
        ),
    )
    op.create_index(op.f("ix_vote_tally_plan_id"), "vote_tally", ["plan_id"], unique=False)
    op.create_geospatial_table(
        "context_feature",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("city_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("props", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('boundary', 'sea', 'shore', 'green', 'quarter', 'street', 'square', 'landmark', 'rail', 'parking', 'gate')",
            name=op.f("ck_context_feature_kind"),
        ),
        sa.CheckConstraint("ST_IsValid(geom)", name=op.f("ck_context_feature_valid")),
        sa.ForeignKeyConstraint(
            ["city_id"], ["city.id"], name=op.f("fk_context_feature_city_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_context_feature")),
        sa.UniqueConstraint("city_id", "code", name=op.f("uq_context_feature_city_id_code")),
    )
    op.create_geospatial_table(
        "heritage_place",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("city_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("built", sa.Text(), nullable=True),
        sa.Column("property_code", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["city_id"], ["city.id"], name=op.f("fk_heritage_place_city_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heritage_place")),
        sa.UniqueConstraint("city_id", "code", name=op.f("uq_heritage_place_city_id_code")),
    )
    op.create_geospatial_index(
        "ix_heritage_place_geom",
        "heritage_place",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "office",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("city_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_office_city_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("city_id", "slug", name=op.f("uq_office_city_id_slug")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("identity_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("identity_level BETWEEN 0 AND 3", name=op.f("ck_participant_level")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_participant_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("account_id", name=op.f("uq_participant_account_id")),
        sa.UniqueConstraint("email", name=op.f("uq_participant_email")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_participant_token_hash")),
    )
    op.create_geospatial_table(
        "plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("city_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("view", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'open', 'archived')", name=op.f("ck_plan_status")),
        sa.CheckConstraint("ST_IsValid(boundary)", name=op.f("ck_plan_valid")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_plan_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("slug", name=op.f("uq_plan_slug")),
    )
    op.create_index(op.f("ix_plan_city_id"), "plan", ["city_id"], unique=False)
    op.create_table(
        "stakeholder_group",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("city_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("area", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('residents', 'traders', 'disability', 'cycling', 'heritage', 'school', 'transport', 'tourism', 'other')",
            name=op.f("ck_stakeholder_group_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["city_id"], ["city.id"], name=op.f("fk_stakeholder_group_city_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stakeholder_group")),
        sa.UniqueConstraint("city_id", "slug", name=op.f("uq_stakeholder_group_city_id_slug")),
    )
    op.create_table(
        "delegation",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_delegation_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["stakeholder_group.id"], name=op.f("fk_delegation_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "account_id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_account_id"), "delegation", ["account_id"], unique=False)
    op.create_geospatial_table(
        "heritage_zone",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("city_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('property', 'buffer', 'setting', 'planning')", name=op.f("ck_heritage_zone_kind")
        ),
        sa.CheckConstraint(
            "status IN ('official', 'approximate', 'illustrative')", name=op.f("ck_heritage_zone_status")
        ),
        sa.CheckConstraint("ST_IsValid(geom)", name=op.f("ck_heritage_zone_valid")),
        sa.ForeignKeyConstraint(
            ["city_id"], ["city.id"], name=op.f("fk_heritage_zone_city_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["heritage_place.id"], name=op.f("fk_heritage_zone_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heritage_zone")),
        sa.UniqueConstraint("city_id", "code", name=op.f("uq_heritage_zone_city_id_code")),
    )
    op.create_geospatial_index(
        "ix_heritage_zone_geom",
        "heritage_zone",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_heritage_zone_place_id"), "heritage_zone", ["place_id"], unique=False)
    op.create_table(
        "measure_package",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_measure_package_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_package")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_measure_package_plan_id_code")),
    )
    op.create_table(
        "phase",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("min_level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("results", sa.Text(), server_default="always", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("plan_id"), "="),
            (sa.text("tstzrange(opens_at, closes_at)"), "&&"),
            using="gist",
            name="ex_phase_no_overlap",
        ),
        sa.CheckConstraint(
            "actions <@ ARRAY['inform','comment','vote','answer']", name=op.f("ck_phase_actions")
        ),
        sa.CheckConstraint(
            "results IN ('always', 'after_vote', 'after_phase')", name=op.f("ck_phase_results")
        ),
        sa.CheckConstraint("min_level BETWEEN 0 AND 3", name=op.f("ck_phase_level")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_phase_order")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_phase_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
        sa.UniqueConstraint("plan_id", "slug", name=op.f("uq_phase_plan_id_slug")),
    )
    op.create_table(
        "plan_group",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["stakeholder_group.id"], name=op.f("fk_plan_group_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_group_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "group_id", name=op.f("pk_plan_group")),
    )
    op.create_index(op.f("ix_plan_group_group_id"), "plan_group", ["group_id"], unique=False)
    op.create_table(
        "topic",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("label", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_topic_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("plan_id", "slug", name=op.f("uq_topic_plan_id_slug")),
    )
    op.create_table(
        "measure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("package_id", sa.BigInteger(), nullable=True),
        sa.Column("office_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("uvar_block", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hours_osm", sa.Text(), nullable=True),
        sa.Column("vehicle_classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("exemptions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('pedestrian_street', 'pedestrian_square', 'limited_traffic_zone', 'cycle_lane', 'tram', 'bus_lane', 'parking', 'coach_bay', 'crossing', 'speed_limit')",
            name=op.f("ck_measure_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'trial', 'in_force', 'study')", name=op.f("ck_measure_status")
        ),
        sa.CheckConstraint(
            "uvar_block IN ('regulatory', 'spatial', 'pricing')", name=op.f("ck_measure_uvar_block")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_measure_office_id")),
        sa.ForeignKeyConstraint(["package_id"], ["measure_package.id"], name=op.f("fk_measure_package_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_measure_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_measure_plan_id_code")),
    )
    op.create_index(op.f("ix_measure_office_id"), "measure", ["office_id"], unique=False)
    op.create_index(op.f("ix_measure_package_id"), "measure", ["package_id"], unique=False)
    op.create_geospatial_table(
        "segment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("measure_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("span", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("area_m2", sa.Double(), nullable=True),
        sa.Column("bearing_deg", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("direction IN ('both', 'forward', 'backward')", name=op.f("ck_segment_direction")),
        sa.CheckConstraint("side IN ('both', 'left', 'right')", name=op.f("ck_segment_side")),
        sa.CheckConstraint("ST_IsValid(geom) AND NOT ST_IsEmpty(geom)", name=op.f("ck_segment_valid")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_segment_measure_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_segment_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_segment_plan_id_code")),
    )
    op.create_geospatial_index(
        "ix_segment_geom", "segment", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_segment_measure_id"), "segment", ["measure_id"], unique=False)
    op.create_geospatial_table(
        "comment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=True),
        sa.Column("phase_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("snap_distance_m", sa.Double(), nullable=True),
        sa.Column("place", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("channel", sa.Text(), server_default="web", nullable=False),
        sa.Column("status", sa.Text(), server_default="published", nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("hidden_note", sa.Text(), nullable=True),
        sa.Column(
            "cell_x",
            sa.Integer(),
            sa.Computed("floor((ST_X(geom) + 180) / 360 * 262144)::int", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "cell_y",
            sa.Integer(),
            sa.Computed(
                "floor((1 - ln(tan(radians(ST_Y(geom))) + 1 / cos(radians(ST_Y(geom)))) / pi()) / 2 * 262144)::int",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector(CASE language WHEN 'it' THEN 'italian'::regconfig WHEN 'en' THEN 'english'::regconfig ELSE 'simple'::regconfig END, text)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'hidden') = (hidden_reason IS NOT NULL)", name=op.f("ck_comment_hidden")
        ),
        sa.CheckConstraint(
            "channel IN ('web', 'embed', 'qr', 'meeting', 'paper', 'email', 'social', 'sample')",
            name=op.f("ck_comment_channel"),
        ),
        sa.CheckConstraint(
            "hidden_reason IN ('abuse', 'personal_data', 'off_topic', 'spam', 'unlawful', 'duplicate')",
            name=op.f("ck_comment_hidden_reason"),
        ),
        sa.CheckConstraint(
            "stance IN ('for', 'against', 'idea', 'question')", name=op.f("ck_comment_stance")
        ),
        sa.CheckConstraint("status IN ('published', 'hidden', 'withdrawn')", name=op.f("ck_comment_status")),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 3000", name=op.f("ck_comment_text")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_comment_measure_id")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_comment_participant_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_comment_phase_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_comment_plan_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_comment_segment_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_comment_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_comment_idempotency_key")),
        sa.UniqueConstraint("receipt", name=op.f("uq_comment_receipt")),
    )
    op.create_geospatial_index(
        "ix_comment_geom", "comment", ["geom"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index("ix_comment_measure", "comment", ["measure_id"], unique=False)
    op.create_index("ix_comment_participant", "comment", ["participant_id"], unique=False)
    op.create_index("ix_comment_plan_created", "comment", ["plan_id", "created_at"], unique=False)
    op.create_index(
        "ix_comment_plan_status_id",
        "comment",
        ["plan_id", "status", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_comment_search", "comment", ["search"], unique=False, postgresql_using="gin")
    op.create_index("ix_comment_segment", "comment", ["segment_id"], unique=False)
    op.create_table(
        "segment_heritage",
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("area_m2", sa.Double(), nullable=True),
        sa.Column("share", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_segment_heritage_segment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["zone_id"], ["heritage_zone.id"], name=op.f("fk_segment_heritage_zone_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("segment_id", "zone_id", name=op.f("pk_segment_heritage")),
    )
    op.create_index(op.f("ix_segment_heritage_zone_id"), "segment_heritage", ["zone_id"], unique=False)
    op.create_table(
        "vote",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=True),
        sa.Column("measure_id", sa.BigInteger(), nullable=True),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("phase_id", sa.BigInteger(), nullable=False),
        sa.Column("identity_level", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="web", nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "channel IN ('web', 'embed', 'qr', 'meeting', 'paper', 'email', 'social', 'sample')",
            name=op.f("ck_vote_channel"),
        ),
        sa.CheckConstraint("(segment_id IS NULL) <> (measure_id IS NULL)", name=op.f("ck_vote_subject")),
        sa.CheckConstraint("identity_level BETWEEN 0 AND 3", name=op.f("ck_vote_level")),
        sa.CheckConstraint("length(condition) <= 500", name=op.f("ck_vote_condition")),
        sa.CheckConstraint("length(reason) <= 3000", name=op.f("ck_vote_reason")),
        sa.CheckConstraint("position BETWEEN -2 AND 2", name=op.f("ck_vote_position")),
        sa.ForeignKeyConstraint(["group_id"], ["stakeholder_group.id"], name=op.f("fk_vote_group_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_vote_measure_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_vote_participant_id")),
        sa.ForeignKeyConstraint(["phase_id"], ["phase.id"], name=op.f("fk_vote_phase_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_vote_plan_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_vote_segment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
    )
    op.create_index("ix_vote_participant", "vote", ["participant_id"], unique=False)
    op.create_index(
        "uq_vote_group_measure",
        "vote",
        ["measure_id", "group_id"],
        unique=True,
        postgresql_where=sa.text("group_id IS NOT NULL AND measure_id IS NOT NULL"),
    )
    op.create_index(
        "uq_vote_group_segment",
        "vote",
        ["segment_id", "group_id"],
        unique=True,
        postgresql_where=sa.text("group_id IS NOT NULL AND segment_id IS NOT NULL"),
    )
    op.create_index(
        "uq_vote_own_measure",
        "vote",
        ["measure_id", "participant_id"],
        unique=True,
        postgresql_where=sa.text("group_id IS NULL AND measure_id IS NOT NULL"),
    )
    op.create_index(
        "uq_vote_own_segment",
        "vote",
        ["segment_id", "participant_id"],
        unique=True,
        postgresql_where=sa.text("group_id IS NULL AND segment_id IS NOT NULL"),
    )
    op.create_table(
        "moderation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("action IN ('hide', 'restore')", name=op.f("ck_moderation_action")),
        sa.CheckConstraint(
            "reason IN ('abuse', 'personal_data', 'off_topic', 'spam', 'unlawful', 'duplicate')",
            name=op.f("ck_moderation_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_moderation_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_moderation_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation")),
    )
    op.create_index(op.f("ix_moderation_comment_id"), "moderation", ["comment_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_moderation_comment_id"), table_name="moderation")
    op.drop_table("moderation")
    op.drop_index(
        "uq_vote_own_segment",
        table_name="vote",
        postgresql_where=sa.text("group_id IS NULL AND segment_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_vote_own_measure",
        table_name="vote",
        postgresql_where=sa.text("group_id IS NULL AND measure_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_vote_group_segment",
        table_name="vote",
        postgresql_where=sa.text("group_id IS NOT NULL AND segment_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_vote_group_measure",
        table_name="vote",
        postgresql_where=sa.text("group_id IS NOT NULL AND measure_id IS NOT NULL"),
    )
    op.drop_index("ix_vote_participant", table_name="vote")
    op.drop_table("vote")
    op.drop_index(op.f("ix_segment_heritage_zone_id"), table_name="segment_heritage")
    op.drop_table("segment_heritage")
    op.drop_index("ix_comment_segment", table_name="comment")
    op.drop_index("ix_comment_search", table_name="comment", postgresql_using="gin")
    op.drop_index("ix_comment_plan_status_id", table_name="comment")
    op.drop_index("ix_comment_plan_created", table_name="comment")
    op.drop_index("ix_comment_participant", table_name="comment")
    op.drop_index("ix_comment_measure", table_name="comment")
    op.drop_geospatial_index(
        "ix_comment_geom", table_name="comment", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("comment")
    op.drop_index(op.f("ix_segment_measure_id"), table_name="segment")
    op.drop_geospatial_index(
        "ix_segment_geom", table_name="segment", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("segment")
    op.drop_index(op.f("ix_measure_package_id"), table_name="measure")
    op.drop_index(op.f("ix_measure_office_id"), table_name="measure")
    op.drop_table("measure")
    op.drop_table("topic")
    op.drop_index(op.f("ix_plan_group_group_id"), table_name="plan_group")
    op.drop_table("plan_group")
    op.drop_table("phase")
    op.drop_table("measure_package")
    op.drop_index(op.f("ix_heritage_zone_place_id"), table_name="heritage_zone")
    op.drop_geospatial_index(
        "ix_heritage_zone_geom", table_name="heritage_zone", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("heritage_zone")
    op.drop_index(op.f("ix_delegation_account_id"), table_name="delegation")
    op.drop_table("delegation")
    op.drop_table("stakeholder_group")
    op.drop_index(op.f("ix_plan_city_id"), table_name="plan")
    op.drop_geospatial_table("plan")
    op.drop_table("participant")
    op.drop_table("office")
    op.drop_geospatial_index(
        "ix_heritage_place_geom", table_name="heritage_place", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("heritage_place")
    op.drop_geospatial_table("context_feature")
    op.drop_index(op.f("ix_vote_tally_plan_id"), table_name="vote_tally")
    op.drop_table("vote_tally")
    op.drop_index("ix_vote_history_vote", table_name="vote_history")
    op.drop_index("ix_vote_history_participant", table_name="vote_history")
    op.drop_table("vote_history")
    op.drop_table("rate_limit")
    op.drop_table("comment_cell")
    op.drop_table("city")
    op.drop_index("uq_account_email_lower", table_name="account")
    op.drop_table("account")
