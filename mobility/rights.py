"""What the running application may do in the database: everything it needs, but never change the audit log.

The tables belong to the role that makes them (`mobility migrate`). The application connects as another role,
which may read and write rows, and of the audit log may read and add lines only. A trigger refuses changes as
well; but only these rights hold against somebody who speaks to the database in the application's name.
"""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
import structlog
from psycopg import Connection, sql

APPEND_ONLY = ("audit_log",)
READ_ONLY = ("alembic_version",)
LOCK = 7_315_004
"""Key of the advisory lock: two grants at once would meet in the catalogue."""

OWNED = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = ANY(%s) AND pg_has_role(c.relowner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""
GRANTED = """
SELECT DISTINCT r.rolname
FROM pg_class c, aclexplode(c.relacl) AS a JOIN pg_roles r ON r.oid = a.grantee
WHERE c.oid = to_regclass('audit_log') AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner
"""
CAN_CHANGE = """
SELECT pg_has_role(c.relowner, 'MEMBER')
  OR has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE')
  OR has_table_privilege(c.oid, 'TRUNCATE') OR has_table_privilege(c.oid, 'TRIGGER')
FROM pg_class c WHERE c.oid = to_regclass('audit_log')
"""


def plain(url: str) -> str:
    """The address as psycopg wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def grant_rights(url: str, roles: Iterable[str] = ()) -> list[str]:
    """Gives the application's rights to these roles and to those that have them already; returns their names.

    `url` is that of the owner of the tables. Tables that are made later are covered as well. Raises
    `psycopg.Error` when a role does not exist or the owner is somebody else.
    """
    with psycopg.connect(plain(url)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        known = {str(row[0]) for row in connection.execute(GRANTED)}
        names = sorted(known | set(roles))
        for name in names:
            _grant(connection, sql.Identifier(name))
    return names


def can_change_log(connection: Connection[tuple[object, ...]]) -> bool:
    """Whether the connected role could change lines of the audit log, were the trigger not there."""
    row = connection.execute(CAN_CHANGE).fetchone()
    return bool(row and row[0])


def warn_of_rights(url: str) -> None:
    """Writes a warning to the log when the application's own role could change the audit log.

    A database that does not answer is no matter of rights: `/readyz` tells of it.
    """
    log = structlog.get_logger("mobility.rights")
    try:
        with psycopg.connect(plain(url), connect_timeout=5) as connection:
            if can_change_log(connection):
                log.warning("audit log can be changed by the application's role", see="mobility db grant")
    except psycopg.OperationalError as error:
        log.warning("rights not checked", error=type(error).__name__)


def _grant(connection: Connection[tuple[object, ...]], role: sql.Identifier) -> None:
    def run(statement: str, *names: sql.Composable) -> None:
        connection.execute(sql.SQL(statement).format(*names, role=role))

    run("GRANT USAGE ON SCHEMA public TO {role}")
    for (name,) in connection.execute(OWNED, [["r", "p", "v", "m"]]).fetchall():
        table = sql.Identifier(str(name))
        run("REVOKE ALL ON {} FROM {role}", table)
        if name in APPEND_ONLY:
            run("GRANT SELECT, INSERT ON {} TO {role}", table)
        elif name in READ_ONLY:
            run("GRANT SELECT ON {} TO {role}", table)
        else:
            run("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {role}", table)
    for (name,) in connection.execute(OWNED, [["S"]]).fetchall():
        run("GRANT USAGE, SELECT ON SEQUENCE {} TO {role}", sql.Identifier(str(name)))
    later = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT"
    run(f"{later} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {{role}}")
    run(f"{later} USAGE, SELECT ON SEQUENCES TO {{role}}")
    run(f"{later} EXECUTE ON FUNCTIONS TO {{role}}")
