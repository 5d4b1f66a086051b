"""An index on what a published comment is drawn with: boxes ask for it

Revision: 0021
Follows: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_comment_drawn",
        "comment",
        [sa.text("coalesce(drawing, geom)")],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("status = 'published'"),
    )


def downgrade() -> None:
    op.drop_index("ix_comment_drawn", table_name="comment")
