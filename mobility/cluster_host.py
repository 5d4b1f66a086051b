"""Where an embedded PostgreSQL cluster can live on this machine, with which programs, and who runs it.

Knows files and users only. `mobility.embedded` builds on it.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

MIN_MAJOR = 15
LONGEST_SOCKET_DIR = 93
"""Bytes: a Unix socket path holds 107, of which ``/.s.PGSQL.5432`` takes 14."""

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/bin",
)
"""Debian and Ubuntu, the PostgreSQL packages for dnf, Homebrew on both kinds of Mac, Postgres.app, Fedora."""

INSTALL = (
    "  Debian, Ubuntu:  sudo apt-get install postgresql postgis postgresql-postgis\n"
    "  Fedora, RHEL:    sudo dnf install postgresql-server postgresql-contrib postgis\n"
    "  macOS:           brew install postgresql@17 postgis"
)


class ClusterError(RuntimeError):
    """The embedded cluster cannot do what was asked; the message says why and what to do."""


@dataclass(frozen=True)
class Binaries:
    """The server programs of one PostgreSQL version."""

    directory: Path
    major: int

    def path(self, program: str) -> str:
        return str(self.directory / program)


@dataclass(frozen=True)
class Home:
    """Where a cluster lives: `directory` holds data, log and socket; `user` runs it (None: whoever calls).

    `reason` says why the usual place was not taken; empty when it was.
    """

    directory: Path
    user: str | None
    reason: str

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    @property
    def socket_dir(self) -> Path:
        """A private directory for the Unix socket, short enough for the operating system."""
        usual = self.directory / "run"
        if len(os.fsencode(usual)) <= LONGEST_SOCKET_DIR:
            return usual
        owner = self.user or str(os.getuid())
        return Path(tempfile.gettempdir()) / f"mobility-{owner}-{_short_hash(self.directory)}"


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def _major(directory: Path) -> int | None:
    """The major version of the server in `directory`; None when a needed program is missing."""
    if not all((directory / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
        return None
    command = [str(directory / "postgres"), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own list)
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else None


def _has_postgis(directory: Path, major: int) -> bool:
    shares = (
        Path(f"/usr/share/postgresql/{major}/extension"),
        Path("/usr/share/pgsql/extension"),
        directory.parent / "share" / "extension",
        directory.parent / "share" / "postgresql" / "extension",
        directory.parent / "share" / f"postgresql@{major}" / "extension",
    )
    return any((share / "postgis.control").is_file() for share in shares)


def find_binaries(major: int | None = None, places: tuple[str, ...] = PLACES) -> Binaries:
    """The newest server with PostGIS, or the one of `major` when an existing data directory asks for it.

    Raises `ClusterError` with the command that installs what is missing.
    """
    found: list[tuple[bool, int, Path]] = []
    for pattern in places:
        for directory in Path("/").glob(pattern.lstrip("/")):
            version = _major(directory)
            if version is not None and version >= MIN_MAJOR and major in (None, version):
                found.append((_has_postgis(directory, version), version, directory))
    if not found:
        wanted = f"{major}" if major else f"{MIN_MAJOR} or newer"
        raise ClusterError(f"PostgreSQL {wanted} with PostGIS was not found. Install it:\n{INSTALL}")
    _, version, directory = max(found)
    return Binaries(directory, version)


def as_user(user: str | None) -> dict[str, object]:
    """Arguments for `subprocess` that drop from root to `user`; the start is ``/``, open to everybody."""
    if user is None:
        return {"cwd": "/"}
    entry = pwd.getpwnam(user)
    environment = {**os.environ, "HOME": entry.pw_dir, "USER": user, "LOGNAME": user}
    return {"cwd": "/", "user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "env": environment}


def _server_user(usual: Path) -> str | None:
    """None for a normal user; for root the user who runs the server, since PostgreSQL refuses root.

    That is the owner of a cluster which is already there, else the system user ``postgres``.
    """
    owner = _owner(usual)
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise ClusterError(
                f"The database in {usual} belongs to another user (uid {owner}). Work as that user "
                "or as root, or set MOBILITY_CLUSTER_DIR to a directory of your own."
            )
        return None
    if owner:
        return pwd.getpwuid(owner).pw_name
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise ClusterError(
            "There is no system user 'postgres', and PostgreSQL refuses to run as root. "
            f"Install the PostgreSQL package of this system, or work as a normal user:\n{INSTALL}"
        ) from None


def _owner(home: Path) -> int | None:
    """The uid that owns the cluster in `home`; None when there is none."""
    try:
        return (home / "data" / "PG_VERSION").stat().st_uid
    except PermissionError:
        return home.stat().st_uid
    except OSError:
        return None


def make_private(directory: Path, user: str | None) -> None:
    """Creates `directory`, open to its owner only, owned by `user` when one is given. Raises `OSError`."""
    directory.mkdir(parents=True, exist_ok=True)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(directory, entry.pw_uid, entry.pw_gid)
    directory.chmod(0o700)


def _why_not(directory: Path, user: str | None) -> str:
    """Why the cluster cannot live in `directory`; empty when it can."""
    try:
        make_private(directory, user)
        if directory.stat().st_mode & 0o777 != 0o700:
            return "its file system does not keep permissions"
        probe = Path(tempfile.mkdtemp(prefix="p", dir=directory)) / "s"
        if len(os.fsencode(probe)) < LONGEST_SOCKET_DIR:
            with socket.socket(socket.AF_UNIX) as trial:
                trial.bind(str(probe))
            probe.unlink()
        probe.parent.rmdir()
    except OSError as error:
        return f"it cannot be written there ({error.strerror})"
    if user is not None:
        command = ["test", "-w", str(directory)]
        if subprocess.run(command, check=False, **as_user(user)).returncode != 0:  # type: ignore[call-overload]  # noqa: S603
            return f"the user '{user}', who runs the server when you are root, may not enter it"
    return ""


def choose_home(usual: Path) -> Home:
    """The home of the cluster: `usual`, or a fallback outside the clone together with the reason for it.

    Raises `ClusterError` when neither place works.
    """
    user = _server_user(usual)
    reason = _why_not(usual, user)
    if not reason:
        return Home(usual, user, "")
    state = Path(pwd.getpwnam(user).pw_dir) if user else _state_directory()
    fallback = state / f"mobility-{_short_hash(usual)}"
    second = _why_not(fallback, user)
    if second:
        raise ClusterError(
            f"The database can live neither in {usual} ({reason}) nor in {fallback} ({second}). "
            "Set MOBILITY_CLUSTER_DIR to a directory on a local disk."
        )
    return Home(fallback, user, f"{usual} is not used: {reason}")


def _state_directory() -> Path:
    given = os.environ.get("XDG_STATE_HOME")
    return Path(given) if given else Path.home() / ".local" / "state"
