"""A private PostgreSQL + PostGIS cluster for one machine: made, started and stopped without any set-up.

It lives in ``var/pg`` of the clone (or in a stated fallback), listens on a private Unix socket and on no
network address, and survives whatever happens to its processes. ``MOBILITY_DATABASE_URL`` names another.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from mobility.cluster_host import (
    Binaries,
    ClusterError,
    Home,
    as_user,
    choose_home,
    find_binaries,
    make_private,
)
from mobility.cluster_processes import clear_remains, postmaster
from mobility.settings import load_settings

__all__ = [
    "ClusterError",
    "Status",
    "application_url",
    "create_database",
    "database_url",
    "start",
    "status",
    "stop",
]

DATABASE = "mobility"
ROLE = "mobility"
"""Owns the cluster and the tables."""
APPLICATION = "mobility_app"
"""As which the served application connects: it owns nothing and may not change the audit log."""
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist", "unaccent")
LOG_LIMIT = 10_000_000

CONFIGURATION = """\
# Written at every start by mobility/embedded.py.
listen_addresses = ''
unix_socket_directories = {sockets}
unix_socket_permissions = 0700
port = 5432
max_connections = 80
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
wal_compression = on
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
# People's words never reach the log: no statements, no row values.
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_line_prefix = '%m [%p] '
"""


@dataclass(frozen=True)
class Status:
    """What `mobility db status` tells. `version` is the server's major, None before the first start."""

    running: bool
    pid: int | None
    home: Home
    version: int | None
    url: str


def home(directory: Path | None = None) -> Home:
    """Where the cluster lives: `directory`, else the setting, else ``var/pg`` or its stated fallback."""
    settings = load_settings()
    return choose_home((directory or settings.cluster_dir or settings.var_dir / "pg").resolve())


def database_url(name: str = DATABASE, directory: Path | None = None) -> str:
    """The SQLAlchemy address of database `name`; the server need not run."""
    return _url(home(directory), name)


def application_url(name: str = DATABASE, directory: Path | None = None) -> str:
    """The address of database `name` for the served application: its role reads and writes rows only."""
    return _url(home(directory), name, APPLICATION)


def _url(where: Home, name: str, role: str = ROLE) -> str:
    return f"postgresql+psycopg://{role}@/{name}?host={quote(str(where.socket_dir), safe='')}"


def status(directory: Path | None = None) -> Status:
    where = home(directory)
    pid = postmaster(where.data)
    return Status(pid is not None, pid, where, _existing_major(where), _url(where, DATABASE))


def start(directory: Path | None = None) -> str:
    """Makes the cluster when there is none, starts it when it is down, and returns its database's address.

    Several processes may call this at once: one works, the others wait. Raises `ClusterError`.
    """
    where = home(directory)
    with _lock(where):
        if postmaster(where.data) is None:
            binaries = find_binaries(_existing_major(where))
            clear_remains(where.data, where.socket_dir)
            if _existing_major(where) is None:
                _initialise(where, binaries)
            _configure(where)
            _launch(where, binaries)
        _ensure_database(where, DATABASE)
    return _url(where, DATABASE)


def stop(directory: Path | None = None) -> bool:
    """Stops the cluster; True when it ran. Open transactions are rolled back, nothing committed is lost."""
    where = home(directory)
    with _lock(where):
        if postmaster(where.data) is None:
            clear_remains(where.data, where.socket_dir)
            return False
        binaries = find_binaries(_existing_major(where))
        _run(where, [binaries.path("pg_ctl"), "stop", "-D", str(where.data), "-m", "fast", "-w", "-t", "60"])
    return True


def remove(directory: Path | None = None) -> Path:
    """Stops the cluster and deletes its data; returns the directory it lived in."""
    where = home(directory)
    stop(directory)
    with _lock(where):
        for directory in (where.data, where.socket_dir):
            shutil.rmtree(directory, ignore_errors=True)
        for file in (where.log, where.directory / "lock"):
            file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        where.directory.rmdir()
    return where.directory


def create_database(name: str, directory: Path | None = None) -> str:
    """Makes a new, empty database with the extensions, replacing one of that name; returns its address."""
    where = home(directory)
    with _connect(where, "postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    _ensure_database(where, name)
    return _url(where, name)


def program(name: str) -> str:
    """The path of a PostgreSQL program, such as ``psql``, of the version in use."""
    return find_binaries(_existing_major(home())).path(name)


def drop_database(name: str, directory: Path | None = None) -> None:
    """Removes database `name` with everything in it, ending its connections."""
    with _connect(home(directory), "postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _existing_major(where: Home) -> int | None:
    try:
        return int((where.data / "PG_VERSION").read_text("ascii"))
    except (OSError, ValueError):
        return None


@contextlib.contextmanager
def _lock(where: Home) -> Iterator[None]:
    """Only one process at a time makes, starts or stops the cluster; dying frees the lock."""
    descriptor = os.open(where.directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _run(where: Home, command: list[str]) -> None:
    """Runs a server program as the server's user; raises `ClusterError` with what it said."""
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **as_user(where.user)
    )
    if done.returncode != 0:
        said = "\n".join(filter(None, (done.stderr.strip(), done.stdout.strip(), _log_end(where))))
        raise ClusterError(f"{Path(command[0]).name} failed. It said:\n{said}\nLog: {where.log}")


def _log_end(where: Home) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(where.log.read_text("utf-8", "replace").splitlines()[-8:])
    return ""


def _initialise(where: Home, binaries: Binaries) -> None:
    """Makes the data directory beside its place and moves it there: a broken attempt leaves nothing."""
    draft = where.directory / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    available = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout  # noqa: S607
    names = {re.sub(r"\W", "", line.lower()): line for line in available.splitlines()}
    locale = names.get("cutf8") or names.get("en_usutf8") or "C"
    options = ["-U", ROLE, "-E", "UTF8", f"--locale={locale}", "-A", "trust", "--no-instructions"]
    _run(where, [binaries.path("initdb"), "-D", str(draft), *options])
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\ninclude = 'mobility.conf'\n")
    shutil.rmtree(where.data, ignore_errors=True)
    draft.rename(where.data)


def _configure(where: Home) -> None:
    """Writes our settings anew: the socket's place changes when the clone is moved."""
    make_private(where.socket_dir, where.user)
    listed = '"' + str(where.socket_dir).replace('"', '""') + '"'
    literal = "'" + listed.replace("'", "''") + "'"
    conf = where.data / "mobility.conf"
    conf.write_text(CONFIGURATION.format(sockets=literal), "utf-8")
    if where.user is not None:
        shutil.chown(conf, where.user)
    if where.log.exists() and where.log.stat().st_size > LOG_LIMIT:
        os.truncate(where.log, 0)


def _launch(where: Home, binaries: Binaries) -> None:
    """Starts the server and waits until it answers. Without a log file a captured pipe stays open."""
    options = ["-D", str(where.data), "-l", str(where.log), "-w", "-t", "60", "-s"]
    _run(where, [binaries.path("pg_ctl"), "start", *options])


def _connect(where: Home, name: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(
            host=str(where.socket_dir), user=ROLE, dbname=name, autocommit=True, connect_timeout=30
        )
    except psycopg.OperationalError as error:
        raise ClusterError(
            f"The server in {where.directory} does not answer: {error}\n"
            f"Stop it with `mobility db stop` and try again. Log: {where.log}"
        ) from error


def _ensure_role(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Makes the application's role; another process may be making it at this moment."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APPLICATION,)).fetchone():
        return
    with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(
                sql.Identifier(APPLICATION)
            )
        )


def _ensure_database(where: Home, name: str) -> None:
    with _connect(where, "postgres") as connection:
        _ensure_role(connection)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with _connect(where, name) as connection:
        for extension in EXTENSIONS:
            try:
                connection.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )
            except psycopg.errors.FeatureNotSupported as error:
                raise ClusterError(
                    f"The server has no extension '{extension}'. Install PostGIS for this version "
                    "of PostgreSQL: postgresql-NN-postgis-3 on Debian, postgis with dnf or Homebrew."
                ) from error
