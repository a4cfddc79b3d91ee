"""`tenon init`: a settings file and a prepared database."""

from __future__ import annotations

from pathlib import Path

import click

from cli.output import Failure, note, say
from cli.session import Session
from kernel.config import FILE_NAME, Settings

TEMPLATE = """\
# Settings of Tenon. Each may also be given in the environment, which wins: data_dir as TENON_DATA_DIR.

# A PostgreSQL 15+ server where Tenon may create databases and roles; empty: a private one of its own.
database_url = "{database_url}"
# The private database, files of records, the master key. Keep a copy of master.key in a safe place.
data_dir = "{data_dir}"
# Folders that contain a folder addons/ with more addons. Where nothing is said: this one, if it does.
# addons_path = ["."]

host = "127.0.0.1"
port = 8080
workers = 2
threads = 8
# The tenant "acme" answers at acme.<base_domain>.
base_domain = "localhost"
"""


@click.command()
@click.option("--database-url", default="", help="A PostgreSQL server; otherwise a private one is used.")
@click.option("--data-dir", default="data", show_default=True, help="Relative to the settings file.")
@click.option("--force", is_flag=True, help="Replace a settings file that is there.")
@click.pass_obj
def init(session: Session, database_url: str, data_dir: str, force: bool) -> None:
    """Write a tenon.toml here and prepare the database."""
    path = (session.config or Path.cwd() / FILE_NAME).resolve()
    if path.exists() and not force:
        raise Failure(f"{path} exists already.", "Edit it, or replace it with --force.")
    path.parent.mkdir(parents=True, exist_ok=True)
    text = TEMPLATE.format(database_url=database_url, data_dir=data_dir)
    before = path.read_text() if path.exists() else None
    path.write_text(text)
    try:
        settings = Settings.load(path)
        with session.runtime(settings) as runtime:
            version = runtime.cluster.major
            _ = settings.master_key
    except BaseException:
        path.unlink() if before is None else path.write_text(before)
        raise
    note(f"PostgreSQL {version} is ready.")
    say(f"Wrote {path}.")
    say("Next: tenon tenant create acme crm, then tenon serve")
