"""How `tenon` was called, so that another process can call the same, or what lies in its place by then."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Launcher:
    """The words of a command line up to its first option, and where Python finds what is not installed.

    Links in these paths are kept: `/srv/tenon/current/bin/tenon` is what `current` leads to when it is called.
    """

    words: tuple[str, ...]
    python_path: str = ""

    @classmethod
    def of_this_process(cls) -> Launcher:
        """The script `tenon`, or `python -m cli` from a checkout."""
        script = Path(sys.argv[0])
        if script.name != "__main__.py":
            return cls((str(script.absolute()),))
        checkout = str(script.absolute().parent.parent)
        others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path not in ("", checkout)]
        return cls((sys.executable, "-m", "cli"), os.pathsep.join([checkout, *others]))

    def environment(self) -> Mapping[str, str]:
        """The environment of the processes it starts: this one's."""
        own = {key: value for key, value in os.environ.items() if key != "NOTIFY_SOCKET"}
        return {**own, "PYTHONPATH": self.python_path} if self.python_path else own


def working_folder() -> str:
    """Where this process was started, with its links: a new process goes to where they lead by then."""
    told = os.environ.get("PWD", "")
    here = os.getcwd()
    try:
        return told if told and os.path.samefile(told, here) else here
    except OSError:
        return here
