"""Secrets under keys that were replaced or lost, and files that nobody uses or that are gone."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.doctor.chores import lost_secrets, old_secrets, tidy
from kernel.addons.doctor.examine import examine
from kernel.addons.doctor.trouble import Trouble
from kernel.addons.lifecycle.templates import create_tenant
from kernel.errors import TenonError
from kernel.storage import DAY
from tests.addons.shelf import add_first_revision
from tests.addons.toys import write_addon

MODELS = '''
"""What a tenant keeps outside of its tables."""

from kernel.orm import Model, fields


class Box(Model, name="safe.box"):
    """A box."""

    name = fields.Char("Name")
    key = fields.Char("Key", secret=True)
    scan = fields.Binary("Scan")
'''
OLD, NEW, OTHER = "aa" * 32, "bb" * 32, "cc" * 32


def with_keys(runtime: Runtime, *keys: str) -> Runtime:
    """The same installation, started with other master keys."""
    settings = replace(runtime.settings, master_key_hex=",".join(keys))
    return Runtime(settings, runtime.cluster, runtime.pool, runtime.control, runtime.library)


@pytest.fixture
def tenant(runtime: Runtime, root: Path, library: Library) -> Tenant:
    """Two boxes with secrets under the key OLD, one of them with a file."""
    write_addon(root, "safe", {"models/__init__.py": MODELS})
    add_first_revision(root, "safe")
    made = create_tenant(with_keys(runtime, OLD), "acme", ["safe"])
    with made.env(why="a test") as env:
        env.model("safe.box").create([{"name": "a", "key": "open", "scan": b"paper"}, {"name": "b", "key": "sesame"}])
    return made


def troubles(runtime: Runtime) -> list[Trouble]:
    return [trouble for trouble in examine(runtime) if '"acme"' in trouble.text]


def keys(tenant: Tenant) -> list[str]:
    with tenant.env(why="a test") as env:
        return [box.key for box in env.model("safe.box").search(order="name")]


def test_secrets_under_an_older_key_are_read_told_and_repaired_with_the_newest(
    runtime: Runtime, tenant: Tenant
) -> None:
    both = with_keys(runtime, NEW, OLD)
    assert keys(both.tenant_of(tenant.row)) == ["open", "sesame"]
    (trouble,) = troubles(both)
    assert trouble.text == '2 secrets of "acme" are encrypted with an older key.'
    assert trouble.mend is not None
    assert not trouble.grave
    trouble.mend()
    assert troubles(both) == []
    alone = with_keys(runtime, NEW)
    assert keys(alone.tenant_of(tenant.row)) == ["open", "sesame"]
    assert troubles(alone) == []


def test_a_lost_secret_is_told_by_record_and_field_and_a_repair_leaves_it_as_it_is(
    runtime: Runtime, tenant: Tenant
) -> None:
    with tenant.env(why="a test") as env:
        a, b = env.model("safe.box").search(order="name").ids
        sealed = env.sql("SELECT key FROM safe.box WHERE id = %s", (a,))
    lost = with_keys(runtime, OTHER)
    with lost.tenant_of(tenant.row).env(why="a test") as env:
        env.model("safe.box").browse(b).key = "anew"
    found = troubles(lost)
    assert [(trouble.text.split(":")[1], trouble.mend, trouble.grave) for trouble in found] == [
        (f" safe.box {a}, key", None, True)
    ]
    assert "open" not in found[0].text
    with lost.tenant_of(tenant.row).env(why="a test") as env:
        assert [(each.model, each.id, each.field) for each in lost_secrets(env)] == [("safe.box", a, "key")]
        assert old_secrets(env) == 1
        with pytest.raises(TenonError, match="key"):
            _ = env.model("safe.box").browse(a).key
    with_old = with_keys(runtime, OTHER, OLD)
    (trouble,) = troubles(with_old)
    assert trouble.mend is not None
    trouble.mend()
    assert keys(lost.tenant_of(tenant.row)) == ["open", "anew"]
    with tenant.env(why="a test") as env:
        assert env.sql("SELECT key FROM safe.box WHERE id = %s", (a,)) != sealed


def test_tidying_collects_a_file_a_day_after_nobody_uses_it_and_not_one_in_use(tenant: Tenant) -> None:
    storage = tenant.stores.storage
    with tenant.env(why="a test") as env:
        env.model("safe.box").create({"name": "c", "scan": b"thrown away"})
        used = env.model("safe.box").search(order="name", limit=1).scan.sha256
    with tenant.env(why="a test") as env:
        box = env.model("safe.box").search(order="name desc", limit=1)
        thrown = box.scan.sha256
        box.scan = None

    def a_day_goes_by() -> None:
        for path in storage.folder.rglob("*"):
            if path.is_file():
                os.utime(path, (time.time() - DAY - 1,) * 2)

    assert tidy(tenant).files == 0
    a_day_goes_by()
    assert tidy(tenant).files == 0  # noticed now
    assert tidy(tenant).files == 0
    a_day_goes_by()
    assert tidy(tenant).files == 1
    assert (storage.exists(used), storage.exists(thrown)) == (True, False)


def test_a_file_that_the_storage_has_lost_is_told(runtime: Runtime, tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        sha256 = env.model("safe.box").search(order="name", limit=1).scan.sha256
    tenant.stores.storage.delete(sha256)
    (trouble,) = troubles(with_keys(runtime, OLD))
    assert trouble.text == f'1 files of "acme" are not in the storage: {sha256}.'
    assert "backup" in trouble.hint
