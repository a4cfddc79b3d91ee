"""Where the processes of one server meet: a folder per machine and port, with a lock, a control socket, addresses."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kernel.config import Settings
from kernel.errors import ConfigError

LONGEST: Final = 90
"""Bytes of the folder's path; the path of a Unix socket may have 107."""


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one server. Only this user may enter it: who can, may tell the server which code to run."""

    folder: Path

    @classmethod
    def of(cls, settings: Settings) -> Place:
        """`<data_dir>/run/<machine>-<port>`; below /tmp where that is too long for a socket."""
        name = f"{socket.gethostname()}-{settings.port}"
        folder = settings.data_dir / "run" / name
        if len(os.fsencode(folder)) > LONGEST:
            mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]
            folder = Path(f"/tmp/tenon-run-{os.getuid()}-{mark}")  # noqa: S108 - owner and mode are checked
        return cls(folder)

    @property
    def control(self) -> Path:
        """The socket at which the supervisor takes orders."""
        return self.folder / "control"

    @property
    def editions(self) -> Path:
        """What serves now (kernel/editions.py)."""
        return self.folder / "editions.json"

    def address(self, generation: str) -> Path:
        """The socket of a generation."""
        return self.folder / f"generation-{generation}"

    def take(self) -> int:
        """Make the folder and be the only server in it; a handle that holds the lock. ConfigError if one is there."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self.folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise ConfigError(f"{self.folder} belongs to somebody else.", hint="Remove it, or set another data_dir.")
        self.folder.chmod(0o700)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise ConfigError(
                f"A server runs already; its control socket is {self.control}.",
                hint="`tenon reload` has it take up new code; or choose another port: --port, or TENON_PORT.",
            ) from None
        for path in self.folder.iterdir():
            if path.name != "lock":
                path.unlink()  # of a server that was killed
        return lock
