"""Uninstalling, restoring and the doctor on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest

from kernel.db import Cluster, Control
from kernel.db.tenants import BUILDING, drop_database, make_empty
from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401
from tests.cli.conftest import Tenon


@pytest.fixture
def spa(tenon: Tenon, cluster: Cluster, control: Control) -> Iterator[str]:
    assert tenon("tenant", "create", "spa", "crm").code == 0
    yield "spa"
    row = control.find("spa")
    if row is not None:
        drop_database(cluster, control, row)


def rows(control: Control, tenant: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(control.get(tenant).dsn) as connection:
        return connection.execute(cast(Any, query)).fetchall()


def test_an_addon_is_planned_asked_for_uninstalled_and_comes_back(tenon: Tenon, spa: str, control: Control) -> None:
    stages = rows(control, spa, "SELECT id, name FROM crm.stage ORDER BY id")
    plan = tenon("addon", "uninstall", spa, "crm", "--dry-run")
    assert plan.out.splitlines()[0] == 'Uninstall in "spa": crm'
    assert ["CRM", "Stage", str(len(stages))] in [line.split() for line in plan.out.splitlines()]
    assert "What is kept, until it is installed again" in plan.out
    asked = tenon("addon", "uninstall", spa, "crm")
    assert (asked.code, "crm" in control.get(spa).addons) == (1, True)
    assert "--yes" in asked.err
    done = tenon("addon", "uninstall", spa, "crm", "--yes")
    assert (done.code, done.out) == (0, 'Uninstalled in "spa": crm.\n')
    assert control.get(spa).addons == ("base", "web")
    assert "tenon addon install spa crm" in done.err
    back = tenon("addon", "install", spa, "crm", "--dry-run")
    assert "restore crm" in back.out
    assert tenon("addon", "install", spa, "crm").out == 'Installed in "spa": crm.\n'
    assert rows(control, spa, "SELECT id, name FROM crm.stage ORDER BY id") == stages


def test_a_purge_and_a_fresh_install_as_json(tenon: Tenon, spa: str, control: Control) -> None:
    answer = cast(dict[str, Any], tenon("addon", "uninstall", spa, "crm", "--yes", "--json").json)
    assert (answer["steps"], answer["done"]) == ([{"kind": "uninstall", "addon": "crm"}], True)
    answer = cast(dict[str, Any], tenon("addon", "install", spa, "crm", "--fresh", "--json").json)
    assert [step["kind"] for step in answer["steps"]] == ["drop", "install"]
    answer = cast(dict[str, Any], tenon("addon", "uninstall", spa, "crm", "--purge", "--yes", "--json").json)
    assert answer["steps"] == [{"kind": "purge", "addon": "crm"}]
    assert rows(control, spa, "SELECT nspname FROM pg_namespace WHERE nspname ~ 'crm'") == []


def test_what_others_need_is_refused_with_their_names(tenon: Tenon, spa: str) -> None:
    answer = tenon("addon", "uninstall", spa, "web", "--yes")
    assert answer.code == 1
    assert 'web cannot be uninstalled in "spa": "crm" needs' in answer.err
    assert "--cascade" in answer.err
    answer = tenon("addon", "uninstall", spa, "crn", "--yes")
    assert 'Did you mean "crm"?' in answer.err


def test_the_doctor_tells_then_mends(tenon: Tenon, spa: str, control: Control, cluster: Cluster) -> None:
    stray = f"{BUILDING}{'0' * 32}"
    make_empty(cluster, stray, None)
    told = tenon("doctor")
    assert told.code == 1
    assert f"Left over: scratch database {stray} is half made." in told.out
    mended = tenon("doctor", "--repair", "--json")
    assert mended.code == 0, mended
    assert [item["mended"] for item in cast(list[dict[str, Any]], mended.json)] == [True]
    assert tenon("doctor").out == "All is well.\n"
