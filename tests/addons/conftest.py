"""Roots for toy addons; a process imports an addon once, so each root is forgotten after its test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.addons import Library
from tests.addons.toys import forget_addons


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """An empty addon root."""
    (tmp_path / "addons").mkdir()
    yield tmp_path
    forget_addons(tmp_path)


@pytest.fixture
def library(root: Path) -> Library:
    """A library that knows the toys of `root` only."""
    return Library([root])
