"""The change log of base: history by rights, the trash, and bringing records back."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from addons.base.accounts import find_group
from addons.base.models import Change, Company, Preference, User
from kernel.addons import Tenant
from kernel.addons.doctor.chores import lost_secrets, missing_files, tidy, used_files
from kernel.errors import AccessError, MissingError
from kernel.orm import Command, Env
from kernel.storage import DAY, FileStorage


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path / "files")


def age(storage: FileStorage, seconds: float) -> None:
    for path in storage.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - seconds,) * 2)


def test_a_content_is_stored_once_whole_and_by_its_hash(storage: FileStorage) -> None:
    sha256 = storage.put(b"hello")
    assert storage.put(b"hello") == sha256
    assert [name for name, _ in storage.iterate()] == [sha256]
    with storage.open(sha256) as stream:
        assert stream.read() == b"hello"
    assert not list(storage.folder.glob(".put-*"))
    with pytest.raises(FileNotFoundError):
        storage.open("../../etc/passwd")


def test_what_nobody_uses_goes_a_day_after_that_was_noticed(storage: FileStorage) -> None:
    used, unused = storage.put(b"used"), storage.put(b"unused")
    assert storage.collect({used}) == []  # just uploaded
    age(storage, DAY + 1)
    assert storage.collect({used}) == []  # noticed now
    age(storage, DAY + 1)
    assert storage.collect({used}) == [unused]
    assert storage.exists(used)


def test_what_is_put_again_or_used_again_stays(storage: FileStorage) -> None:
    first, second = storage.put(b"one"), storage.put(b"two")
    age(storage, DAY + 1)
    storage.collect(set())
    storage.put(b"one")
    storage.collect({second})
    age(storage, DAY + 1)
    assert storage.collect(set()) == []
    assert storage.exists(first)
    assert storage.exists(second)


def test_the_tables_are_looked_through_for_files_and_secrets(env: Env, ada: int) -> None:
    sha256 = "ab" * 32
    env[Preference].create({"user": ada, "key": "k", "value": {"sha256": sha256}})
    assert sha256 in used_files(env)
    assert sha256 in missing_files(env)
    assert lost_secrets(env) == []


def test_tidying_a_tenant_forgets_old_changes(tenant: Tenant) -> None:
    with tenant.env(why="a test") as env:
        env.sql(
            "INSERT INTO base.change (model, record, created_at) VALUES ('base.user', 1, now() - interval '31 days'),"
            " ('base.user', 1, now() - interval '29 days')"
        )
    assert tidy(tenant).changes == 1
    with tenant.env(why="a test") as env:
        env.sql("DELETE FROM base.change")


def test_who_may_not_read_a_record_learns_nothing_of_it(env: Env, ada: int) -> None:
    with pytest.raises(MissingError):
        env.as_user(ada)[Change].of("base.company", 99_999)
    assert env.as_user(ada)[Change].of("base.company", env[Company].search(limit=1).id) == []


def test_a_change_that_is_no_deletion_cannot_be_brought_back(env: Env, ada: int) -> None:
    with pytest.raises(MissingError):
        env.as_user(ada)[Change].restore(1)


def test_history_leaves_out_what_the_reader_may_not_see(env: Env, ada: int, bob: int) -> None:
    crate = env.as_user(ada).model("depot.crate").create({"label": "a", "price": 1})
    env.flush()
    crate.write(label="b", price=2)
    env.flush()
    told = env.as_user(ada)[Change].of("depot.crate", crate.id)
    assert [(change["field"], change["before"], change["after"]) for change in told[0]["changes"]] == [
        ("label", "a", "b"),
        ("price", 1, 2),
    ]
    assert told[0]["user"] == ada
    assert told[0]["who"] == env[User].browse(ada).name
    groups = [*env[User].browse(bob).groups.ids, find_group(env, "depot.user").id]
    env[User].browse(bob).write(groups=[Command.set(groups)])
    env.flush()
    told = env.as_user(bob)[Change].of("depot.crate", crate.id)
    assert [change["field"] for change in told[0]["changes"]] == ["label"]


def test_a_deleted_crate_is_in_the_trash_and_comes_back_with_its_items(env: Env, ada: int) -> None:
    mine = env.as_user(ada)
    crate = mine.model("depot.crate").create({"label": "a", "price": 1, "items": [Command.create({"label": "nail"})]})
    env.flush()
    id, items = crate.id, crate.items.ids
    crate.delete()
    trash = mine[Change].trash("depot.crate")
    assert [(entry["id"], entry["title"], entry["user"]) for entry in trash] == [(id, "a", ada)]
    assert trash[0]["who"] == env[User].browse(ada).name
    assert mine[Change].restore(trash[0]["change"]) == {"model": "depot.crate", "id": id}
    assert mine.model("depot.crate").browse(id).items.ids == items
    assert mine[Change].trash("depot.crate") == []


def test_lines_that_went_along_are_not_told_of_in_the_trash(env: Env, bob: int) -> None:
    groups = [*env[User].browse(bob).groups.ids, *(find_group(env, f"depot.{name}").id for name in ("user", "manager"))]
    env[User].browse(bob).write(groups=[Command.set(groups)])
    env.flush()
    mine = env.as_user(bob)
    crate = mine.model("depot.crate").create({"label": "a", "items": [Command.create({"label": "nail"})]})
    env.flush()
    crate.delete()
    assert mine.may(mine.registry.model("depot.item"), "delete")
    assert [entry["title"] for entry in mine[Change].trash("depot.crate")] == ["a"]
    assert mine[Change].trash("depot.item") == []
    told = env[Change].trash("depot.item")
    assert [entry["title"] for entry in told] == ["nail"]
    with pytest.raises(MissingError):
        mine[Change].restore(told[0]["change"])


def test_nobody_reads_the_log_itself(env: Env, ada: int) -> None:
    with pytest.raises(AccessError):
        env.as_user(ada)[Change].search().read(["values"])
