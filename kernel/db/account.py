"""The operating system account the private server runs as.

PostgreSQL refuses to run as root. For a normal user it runs as that user. For root there are three ways,
tried in this order: as the account `postgres` or `nobody`, if that account reaches both the data and the
programs; inside a user namespace (`unshare`), where the files stay root's; and with a copy of the programs
(and, if need be, the data) under /var/lib/tenon, where every account reaches them. No account is made.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kernel.db.binaries import Binaries
from kernel.errors import ConfigError

SHARED_PLACE = Path("/var/lib/tenon")
_UNSHARE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True, slots=True)
class Account:
    """How programs of PostgreSQL are run, and who owns their files."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    switch: bool = False

    def run(
        self, program: Path | str, *arguments: str | Path, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end, output and errors together; the caller looks at the return code."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return subprocess.run(
            [*self.prefix, str(program), *map(str, arguments)],
            env={**environment, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            timeout=timeout,
            check=False,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def works(self, program: Path | str, *arguments: str | Path) -> bool:
        try:
            return self.run(program, *arguments, timeout=20).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False

    def make_folder(self, path: Path) -> None:
        """A folder only this account can enter; parents are made as they are by default."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        if self.switch:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Setup:
    """Where the private cluster lives and how it is run."""

    base: Path
    binaries: Binaries
    account: Account


def own() -> Account:
    return Account(os.geteuid(), os.getegid())


def namespace() -> Account:
    return Account(os.geteuid(), os.getegid(), prefix=_UNSHARE)


def named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def places(root: Path) -> tuple[Path, Path]:
    """Where the clusters of a data folder may be: in it, or (for root only) at the shared place."""
    mark = hashlib.sha256(str(root).encode()).hexdigest()[:8]
    return root, SHARED_PLACE / f"data-{mark}"


def arrange(root: Path, binaries: Binaries) -> Setup:
    """Decide how to run the cluster of this version whose files are (to be) under `root`."""
    base, shared = (place / str(binaries.major) for place in places(root))
    if os.geteuid() != 0:
        return Setup(base, binaries, own())
    for place in (base, shared):
        if (place / "data" / "PG_VERSION").exists():
            return _as_before(place, binaries)
    others = [account for name in ("postgres", "nobody") if (account := named(name))]
    for account in others:
        if _runs(account, binaries) and _reaches(account, base):
            return Setup(base, binaries, account)
    if _runs(namespace(), binaries):
        _give_back(base)
        return Setup(base, binaries, namespace())
    for account in others:
        copied = _reachable(binaries, account)
        for place in (base, shared):
            if _reaches(account, place):
                return Setup(place, copied, account)
    raise ConfigError(
        "PostgreSQL does not run as root, and no other account or user namespace can be used here.",
        hint="Run tenon as a normal user, or set TENON_DATABASE_URL to a server.",
    )


def _as_before(base: Path, binaries: Binaries) -> Setup:
    owner = (base / "data" / "PG_VERSION").stat()
    if owner.st_uid == 0:
        return Setup(base, binaries, namespace())
    account = Account(owner.st_uid, owner.st_gid, switch=True)
    return Setup(base, _reachable(binaries, account), account)


def _runs(account: Account, binaries: Binaries) -> bool:
    return all(account.works(binaries.tool(tool), "--version") for tool in ("postgres", "initdb"))


def _reaches(account: Account, base: Path) -> bool:
    try:
        account.make_folder(base)
    except OSError:
        return False
    return account.works("/bin/sh", "-c", 'cd "$0" && test -w .', base)


def _give_back(base: Path) -> None:
    if base.exists():
        os.chown(base, 0, 0)


def _reachable(binaries: Binaries, account: Account) -> Binaries:
    """The same programs, copied to where `account` can run them if it cannot now."""
    if _runs(account, binaries):
        return binaries
    prefix = binaries.bindir.parent.resolve()
    mark = hashlib.sha256(str(prefix).encode()).hexdigest()[:8]
    copy = SHARED_PLACE / f"postgresql-{binaries.major}-{mark}"
    target = copy / prefix.parent.name / prefix.name
    if not copy.exists():
        building = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(prefix, building / target.relative_to(copy), symlinks=True)
        libraries = prefix.parent.with_name(f"{prefix.parent.name}.libs")
        if libraries.is_dir():  # of a wheel; the programs look for it beside their package
            shutil.copytree(libraries, building / libraries.name)
        for path in (SHARED_PLACE, building, *building.rglob("*")):
            if not path.is_symlink():
                runs = path.is_dir() or path.parent.name == "bin"
                path.chmod(path.stat().st_mode | (0o555 if runs else 0o444))
        try:
            building.rename(copy)
        except OSError:
            shutil.rmtree(building)
    return Binaries(target / "bin", binaries.major)
