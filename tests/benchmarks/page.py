"""Writes the measured tables into `docs/benchmarks.md`, between the comments that mark their places."""

from __future__ import annotations

import datetime as dt
import platform
import re
from pathlib import Path

import psycopg

from tests.benchmarks.report import Table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def write_table(name: str, table: Table, page: Path = PAGE) -> None:
    """Replace what stands between `<!-- NAME -->` and `<!-- end of NAME -->`; raises ValueError without these."""
    text = page.read_text()
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if begin not in text or end not in text:
        raise ValueError(f"{page}: the marks {begin} and {end} are missing.")
    inside = f"{begin}\n{table.title}; {circumstances()}.\n\n{table.markdown()}\n{end}"
    page.write_text(re.sub(f"{re.escape(begin)}.*{re.escape(end)}", lambda _: inside, text, flags=re.S))


def circumstances() -> str:
    """The day, and what is installed."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return f"{today}, Python {platform.python_version()}, psycopg {psycopg.__version__}"
