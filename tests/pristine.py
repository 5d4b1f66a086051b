"""Puts a database back as it was found: whatever a test really committed, the next one does not see it."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

SCHEMA = "pristine"
_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
    "AND tablename NOT IN ('spatial_ref_sys', 'alembic_version') ORDER BY tablename"
)
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
    "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
)
Digests = dict[str, tuple[int, int | None]]


@dataclass(frozen=True)
class Pristine:
    """The rows of every table at one moment, kept in a schema of the same database.

    Putting them back passes over triggers and foreign keys, the audit log's refusal included, so it needs a
    superuser, as making the database's extensions does.
    """

    url: str
    digests: Digests

    @classmethod
    def take(cls, database_url: str) -> Pristine:
        """Keeps a copy of what the database at this SQLAlchemy address holds now."""
        url = database_url.replace("postgresql+psycopg:", "postgresql:", 1)
        with psycopg.connect(url) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            connection.execute(f"CREATE SCHEMA {SCHEMA}")
            for table in _tables(connection):
                connection.execute(
                    sql.SQL("CREATE TABLE {} AS TABLE {}").format(_copy(table), _kept(table)),
                )
            return cls(url, _digests(connection))

    def restore(self) -> None:
        """Gives the tables that differ their rows back."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SET LOCAL session_replication_role = replica")
            for table, digest in _digests(connection).items():
                if digest != self.digests[table]:
                    self._refill(connection, table)

    def _refill(self, connection: psycopg.Connection[tuple[object, ...]], table: str) -> None:
        found = connection.execute(_COLUMNS, (table,)).fetchall()
        columns = sql.SQL(", ").join(sql.Identifier(str(name)) for (name,) in found)
        connection.execute(sql.SQL("DELETE FROM {}").format(_kept(table)))
        connection.execute(
            sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
                _kept(table), columns, columns, _copy(table)
            )
        )


def _tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    return [str(name) for (name,) in connection.execute(_TABLES)]


def _digests(connection: psycopg.Connection[tuple[object, ...]]) -> Digests:
    each = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, count(*), sum(hashtextextended(t::text, 0)) FROM {} t").format(
            sql.Literal(table), _kept(table)
        )
        for table in _tables(connection)
    )
    return {str(table): (int(count), digest) for table, count, digest in connection.execute(each)}  # type: ignore[call-overload, misc]


def _kept(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)


def _copy(table: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, table)
