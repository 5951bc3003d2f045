"""Folders, locks and secrets of one installation of the built-in servers."""

import errno
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO

from crm.devtools.processes import Account, CannotStart

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# A file system in memory makes and drops databases ten times as fast as a disk.
MEMORY = Path("/dev/shm")  # noqa: S108 -- owner checked
MEMORY_NEEDED = 2 * 1024**3


def data_folder() -> Path:
    """Return the folder that everything built in lives under, made if missing."""
    given = os.environ.get("GJENSYN_DATA", "").strip()
    folder = (Path(given).expanduser() if given else BASE_DIR / ".gjensyn").absolute()
    make_folder(folder)
    return folder


def make_folder(folder: Path) -> None:
    """Make a folder for this account alone; the database account may pass through it.

    A folder that exists keeps its permissions: it may be more than ours.
    """
    if folder.is_dir():
        return
    try:
        folder.mkdir(parents=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise CannotStart(
            f"The folder {folder} cannot be made: {error.strerror}. Choose another one "
            "with GJENSYN_DATA (make demo DATA=…)."
        ) from error


def database_account() -> Account | None:
    """Return who PostgreSQL runs as: it refuses root. None means: as we are."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "PostgreSQL does not run as root and this machine has no account named "
            "nobody. Run the command as an ordinary user."
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def is_reachable(path: Path, account: Account | None) -> bool:
    """Return whether ``account`` may pass through every folder down to ``path``."""
    if account is None:
        return True
    return all(_may_enter(folder.stat(), account) for folder in path.absolute().parents)


def _may_enter(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    return bool(status.st_mode & stat.S_IXOTH)


def reachable_folder(folder: Path, account: Account | None) -> Path:
    """Return ``folder``, or a stand-in that ``account`` can reach.

    The stand-in is always the same for the same folder: a checkout in a closed home
    folder keeps its database.
    """
    if is_reachable(folder / "x", account):
        return folder
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    stand_in = _common_place(account) / f"gjensyn-{name}"
    _make_trusted_folder(stand_in)
    return stand_in


def _common_place(account: Account | None) -> Path:
    for place in (Path("/var/tmp"), Path(tempfile.gettempdir())):  # noqa: S108 -- owner checked
        if place.is_dir() and is_reachable(place / "x", account):
            return place
    raise CannotStart(
        "PostgreSQL does not run as root, and no folder was found that the account "
        "nobody can reach. Run the command as an ordinary user."
    )


def _make_trusted_folder(folder: Path) -> None:
    """Make ``folder`` in a place where everybody may write, or check whose it is."""
    try:
        folder.mkdir(mode=0o711)
        folder.chmod(0o711)
    except FileExistsError:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise CannotStart(
                f"{folder} belongs to somebody else. Remove it, or run the command as "
                "an ordinary user."
            ) from None


def temporary_places() -> list[Path]:
    """Return where a folder for one run may be made, the quickest first."""
    account = database_account()
    places = [MEMORY] if _has_room(MEMORY) else []
    places += [Path(tempfile.gettempdir()), Path("/var/tmp")]  # noqa: S108 -- owner checked
    return [
        place
        for place in places
        if place.is_dir() and is_reachable(place / "x", account)
    ]


def _has_room(place: Path) -> bool:
    return (
        place.is_dir()
        and os.access(place, os.W_OK)
        and shutil.disk_usage(place).free > MEMORY_NEEDED
    )


def temporary_folder(prefix: str) -> Path:
    """Make a new folder for one run that the database account can pass through."""
    places = temporary_places()
    if not places:
        raise CannotStart(
            "No temporary folder was found that the account nobody can reach. Run the "
            "command as an ordinary user."
        )
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=places[0]))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file only this account can read, all of it or nothing."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def kept_secret(path: Path) -> str:
    """Return the secret in ``path``, made up at the first call."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def try_lock(path: Path, *, shared: bool = False) -> IO[str] | None:
    """Return an open, locked file, or None when another process holds it.

    The kernel drops the lock with the process, so a lock is never stale.
    """
    file = path.open("a+", encoding="utf-8")
    try:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            return None
        raise CannotStart(f"{path} cannot be locked: {error.strerror}.") from error
    return file


def lock(path: Path) -> IO[str]:
    """Wait until ``path`` is free, then return it open and locked."""
    file = path.open("a+", encoding="utf-8")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file
