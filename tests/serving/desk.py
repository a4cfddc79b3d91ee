"""A `tenon dev` of its own, over an addon with a model, a view and a page that anybody may see."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import orjson

from tests.addons.toys import write_addon
from tests.processes import TENON, Browser, environment, free_port, run_tenon, wait_for

FILES: Final[Mapping[str, str]] = {
    "models.py": '''\
        """Plants."""

        from kernel.orm import Model, fields


        class Plant(Model, name="garden.plant", title="name"):
            """A plant."""

            name = fields.Char("Name", required=True)
    ''',
    "http.py": '''\
        """A page for visitors."""

        from kernel.http import Request, Response, route


        @route("/garden", auth="public")
        def garden(request: Request) -> Response:
            return request.render("garden/garden.html", {"name": request.args.get("name", "you")})
    ''',
    "templates/garden.html": "<!doctype html><title>Garden</title><body><p>Hello {{ name }}</p></body></html>",
    "views/plant.toml": """\
        [list."garden.plant"]
        columns = ["name"]

        [action."garden.plants"]
        title = "Plants"
        model = "garden.plant"
        views = ["list"]

        [menu.garden]
        title = "Garden"
        action = "garden.plants"
    """,
    "security/access.csv": "model,group,read,write,create,delete\ngarden.plant,base.manager,1,1,1,1\n",
}


class Desk:
    """The process, the files it serves, and how to ask it."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        self.environ = environ
        self.port = free_port()
        self.folder = root / "addons/garden"

    @property
    def said(self) -> Path:
        """What the command has written to the terminal."""
        return self.root / "terminal"

    def start(self) -> subprocess.Popen[str]:
        with self.said.open("w") as terminal:
            return subprocess.Popen(
                [*TENON, "dev", "--port", str(self.port)],
                env=self.environ, cwd=self.root, stdout=terminal, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip

    def login(self) -> Browser:
        """Log in with what `tenon dev` has printed, and keeps."""
        path = Path(self.environ["TENON_DATA_DIR"]) / "dev-dev.json"
        return Browser(self.port, "dev", orjson.loads(path.read_bytes())["password"], "dev.localhost")

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a file as an editor does."""
        file = self.folder / path
        text = file.read_text()
        assert old in text, text
        file.write_text(text.replace(old, new))

    def tenon(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_tenon(self.environ, *words, cwd=self.root)


def until(ask: Callable[[], tuple[int, str]], shown: str, status: int = 200) -> str:
    """Ask until an answer shows a text; the whole answer."""
    deadline = time.monotonic() + 40
    while True:
        found, text = ask()
        if found == status and shown in text:
            return text
        assert time.monotonic() < deadline, (found, text[-1500:])
        time.sleep(0.02)


@contextmanager
def desk(root: Path, data_dir: Path) -> Iterator[Desk]:
    """A running `tenon dev`."""
    write_addon(root, "garden", FILES, more='depends = ["web"]')
    made = Desk(root, environment(data_dir, root))
    written = made.tenon("addon", "revision", "garden")
    assert written.returncode == 0, written.stderr
    process = made.start()
    try:
        wait_for(made.port)
        yield made
    finally:
        process.terminate()
        assert process.wait(30) == 0, made.said.read_text()
