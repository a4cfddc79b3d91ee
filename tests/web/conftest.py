"""Fixtures of the tests of web."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.toys import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """View files of the addons `toy` and `more` below a temporary folder."""
    return Files(tmp_path)
