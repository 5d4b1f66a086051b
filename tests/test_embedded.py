"""The private cluster: made, started, killed, confused and started again, in a directory of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from mobility import cluster_host, embedded
from mobility.cluster_processes import clear_remains, postmaster, running_in


def query(url: str, statement: str) -> object:
    with psycopg.connect(
        url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
    ) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def execute(url: str, statement: str) -> None:
    with psycopg.connect(
        url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
    ) as connection:
        connection.execute(statement.encode())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory with a stopped or running cluster, removed at the end."""
    directory = tmp_path_factory.mktemp("cluster") / "pg"
    yield directory
    embedded.remove(directory)


@pytest.fixture
def running(place: Path) -> tuple[Path, str]:
    """The directory and the address of a running cluster."""
    return place, embedded.start(place)


def data_of(place: Path) -> Path:
    return embedded.home(place).data


def test_a_started_cluster_has_every_extension(running: tuple[Path, str]) -> None:
    _, url = running
    found = query(
        url, "SELECT array_agg(extname ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'"
    )
    assert found == sorted(embedded.EXTENSIONS)
    assert query(url, "SELECT ST_Distance('SRID=4326;POINT(0 0)', 'SRID=4326;POINT(3 4)')") == 5.0


def test_it_listens_on_no_network_address_and_its_socket_is_private(running: tuple[Path, str]) -> None:
    place, url = running
    assert query(url, "SHOW listen_addresses") == ""
    assert embedded.home(place).socket_dir.stat().st_mode & 0o077 == 0


def test_peoples_words_do_not_reach_the_log(running: tuple[Path, str]) -> None:
    place, url = running
    with pytest.raises(psycopg.Error):
        query(url, "SELECT 'secret words'::int")
    execute(url, "CREATE TABLE IF NOT EXISTS uniq (t text UNIQUE)")
    execute(url, "INSERT INTO uniq VALUES ('private words') ON CONFLICT DO NOTHING")
    with pytest.raises(psycopg.errors.UniqueViolation):
        execute(url, "INSERT INTO uniq VALUES ('private words')")
    log = embedded.home(place).log.read_text("utf-8")
    assert "private words" not in log
    assert "SELECT" not in log


def test_starting_twice_gives_the_same_server(running: tuple[Path, str]) -> None:
    place, url = running
    before = embedded.status(place).pid
    assert embedded.start(place) == url
    assert embedded.status(place).pid == before


def test_many_starts_at_once_make_one_server(place: Path) -> None:
    embedded.stop(place)
    with ThreadPoolExecutor(4) as pool:
        urls = set(pool.map(lambda _: embedded.start(place), range(4)))
    assert len(urls) == 1
    assert query(urls.pop(), "SELECT 1") == 1


def test_data_survive_a_stop(running: tuple[Path, str]) -> None:
    place, url = running
    execute(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert embedded.stop(place) is True
    assert embedded.status(place).running is False
    assert embedded.stop(place) is False
    assert query(embedded.start(place), "SELECT answer FROM kept") == 42


def test_it_recovers_from_a_killed_postmaster(running: tuple[Path, str]) -> None:
    place, url = running
    execute(url, "CREATE TABLE safe AS SELECT 7 AS answer")
    pid = embedded.status(place).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert query(embedded.start(place), "SELECT answer FROM safe") == 7
    assert embedded.status(place).pid != pid


def test_it_recovers_when_every_process_is_killed(running: tuple[Path, str]) -> None:
    place, _ = running
    for pid in list(running_in(data_of(place))):
        os.kill(pid, signal.SIGKILL)
    assert query(embedded.start(place), "SELECT 1") == 1


def test_a_reused_pid_is_not_taken_for_the_server(place: Path) -> None:
    embedded.stop(place)
    data = data_of(place)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (data / "postmaster.pid").write_text(f"{other.pid}\n{data}\n")
        assert postmaster(data) is None
        assert query(embedded.start(place), "SELECT 1") == 1
        assert other.poll() is None, "the innocent process must live on"
    finally:
        other.kill()
        other.wait()


def test_a_zombie_is_not_taken_for_the_server(place: Path) -> None:
    embedded.stop(place)
    data = data_of(place)
    dead = subprocess.Popen([sys.executable, "-c", "pass"], cwd=data if os.access(data, os.X_OK) else "/")
    while Path(f"/proc/{dead.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    (data / "postmaster.pid").write_text(f"{dead.pid}\n{data}\n")
    assert postmaster(data) is None
    assert query(embedded.start(place), "SELECT 1") == 1
    dead.wait()


def test_stubborn_orphans_are_ended(tmp_path: Path) -> None:
    # The background of a shell ignores SIGQUIT, and children inherit that; a postmaster does not.
    program = "import signal as s, time; s.signal(s.SIGQUIT, s.SIG_DFL); print(1, flush=True); time.sleep(60)"
    orphan = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE)
    assert orphan.stdout is not None
    orphan.stdout.readline()
    (tmp_path / "postmaster.pid").write_text("1\n")
    (tmp_path / ".s.PGSQL.5432").touch()
    with ThreadPoolExecutor(1) as pool:
        cleared = pool.submit(clear_remains, tmp_path, tmp_path, 0.2)
        assert orphan.wait(30) == -signal.SIGQUIT
        cleared.result(30)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_ones_own(running: tuple[Path, str]) -> None:
    place, _ = running
    url = embedded.create_database("other", place)
    execute(url, "CREATE TABLE t ()")
    again = embedded.create_database("other", place)
    assert again == url
    assert query(url, "SELECT to_regclass('t')") is None
    embedded.drop_database("other", place)
    with pytest.raises(psycopg.OperationalError):
        query(url, "SELECT 1")


def test_remove_leaves_no_data(tmp_path: Path) -> None:
    place = tmp_path / "pg"
    embedded.start(place)
    embedded.remove(place)
    assert not embedded.home(place).data.exists()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    home = cluster_host.Home(tmp_path / ("long" * 30), None, "")
    assert len(os.fsencode(home.socket_dir)) <= cluster_host.LONGEST_SOCKET_DIR
    assert home.socket_dir != cluster_host.Home(tmp_path / ("long" * 31), None, "").socket_dir


def test_a_place_that_cannot_be_used_is_replaced_and_the_reason_stated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, state = tmp_path / "usual", tmp_path / "state"
    monkeypatch.setattr(cluster_host, "_server_user", lambda _usual: None)
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.setattr(cluster_host, "_why_not", lambda where, _user: "it is full" if where == usual else "")
    home = cluster_host.choose_home(usual)
    assert home.directory.parent == state
    assert "it is full" in home.reason
    assert cluster_host.choose_home(usual) == home


def test_no_usable_place_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_host, "_why_not", lambda _where, _user: "it is full")
    with pytest.raises(embedded.ClusterError, match="MOBILITY_CLUSTER_DIR"):
        cluster_host.choose_home(tmp_path / "usual")


def test_a_file_in_the_way_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written" in cluster_host._why_not(tmp_path / "file" / "pg", None)


def test_missing_programs_say_how_to_install_them() -> None:
    with pytest.raises(embedded.ClusterError, match="apt-get install"):
        cluster_host.find_binaries(places=("/nowhere/*/bin",))


def test_wrappers_on_the_path_are_not_searched() -> None:
    assert not any(place.startswith("/usr/local/bin") for place in cluster_host.PLACES)
    assert cluster_host.find_binaries().major >= cluster_host.MIN_MAJOR
