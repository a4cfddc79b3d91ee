"""Secrets: encrypted in the database, shown to nobody, readable by the system, safe under several keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kernel.errors import AccessError, DeveloperError, TenonError, ValidationError
from kernel.orm import Domain, Env, Ports, fields
from kernel.vault import Vault
from tests.orm.keepers import Folder
from tests.orm.keeping import MASTER, Keep, keep, keep_database

__all__ = ["keep", "keep_database"]
TEXT = "hunter-2-hunter"


@pytest.fixture
def folder(keep: Keep) -> Folder:
    made = keep.env[Folder].create({"name": "a", "key": TEXT, "memo": "m"})
    keep.env.invalidate()
    return made


def stored(keep: Keep, folder: Folder) -> str:
    return str(keep.env.sql("SELECT key FROM keep.folder WHERE id = %s", (folder.id,))[0][0])


def test_the_database_has_a_token_and_the_system_reads_the_text(keep: Keep, folder: Folder) -> None:
    assert stored(keep, folder).startswith("v1.")
    assert TEXT not in stored(keep, folder)
    assert folder.key == TEXT


def test_a_value_can_be_read_before_it_is_written_and_be_unset(keep: Keep, folder: Folder) -> None:
    folder.key = "next"
    assert folder.key == "next"
    folder.write(key="")
    keep.env.invalidate()
    assert (folder.key, stored(keep, folder)) == ("", "")


def test_two_equal_secrets_look_different(keep: Keep, folder: Folder) -> None:
    other = keep.env[Folder].create({"name": "b", "key": TEXT})
    assert stored(keep, folder) != stored(keep, other)


def test_a_user_may_set_it_and_learns_only_whether_it_is_set(keep: Keep, folder: Folder) -> None:
    mine = keep.user[Folder].browse(folder.id)
    assert mine.read(["key", "memo"])[0]["key"] == {"set": True}
    mine.key = "another"
    keep.env.flush()
    assert folder.key == "another"
    with pytest.raises(AccessError):
        _ = mine.key
    with pytest.raises(AccessError):
        mine.mapped("key")


@pytest.mark.parametrize(
    "ask",
    [
        lambda env: env[Folder].search(Domain.term("key", "=", TEXT)),
        lambda env: env[Folder].search(Folder.key.ilike("hunter")),
        lambda env: env[Folder].search(order="key"),
        lambda env: env[Folder].group(by=["key"]),
        lambda env: env[Folder].group(by=["name"], aggregates=["key:max"]),
        lambda env: env[Folder].search().filtered(Folder.key == TEXT),
        lambda env: env[Folder].count(Folder.key > "a"),
    ],
)
def test_nobody_asks_by_it(keep: Keep, folder: Folder, ask: Any) -> None:
    with pytest.raises(TenonError):
        ask(keep.user)


def test_the_system_is_told_that_a_search_would_find_nothing(keep: Keep, folder: Folder) -> None:
    with pytest.raises(DeveloperError, match="encrypted"):
        keep.env[Folder].search(Folder.key == TEXT)


def test_it_shows_nowhere(keep: Keep, folder: Folder) -> None:
    folder.key = TEXT + "!"
    shown = [
        repr(keep.env.columns[keep.env.registry.model("keep.folder").fields["key"].index]),
        json.dumps(folder.read(["key"])),
        json.dumps(folder.draft({"key": TEXT}).read(["key"])),
        json.dumps(keep.env[Folder].draft({"name": "x"}, folder.id).read(["key"])),
    ]
    assert not [text for text in shown if "hunter" in text]
    with pytest.raises(ValidationError) as refused:
        folder.key = TEXT * 9
    assert "hunter" not in str(refused.value)


def test_a_copy_begins_without_it(keep: Keep, folder: Folder) -> None:
    assert folder.copy().key == ""


def under(keep: Keep, *keys: bytes) -> Env:
    return Env.open(keep.tx, keep.env.registry, Ports(secrets=Vault(keys, "t1")))


def test_an_older_key_opens_and_the_newest_seals(keep: Keep, folder: Folder) -> None:
    rotated = under(keep, b"n" * 32, MASTER)
    assert rotated[Folder].browse(folder.id).key == TEXT
    secrets = rotated.ports.secrets
    assert secrets is not None
    assert not secrets.current(stored(keep, folder))
    rotated[Folder].browse(folder.id).key = "new"
    rotated.flush()
    assert secrets.current(stored(keep, folder))


def test_a_lost_key_names_record_and_field(keep: Keep, folder: Folder) -> None:
    with pytest.raises(fields.SecretError, match=f"Folder {folder.id}, Key.*not at hand") as refused:
        _ = under(keep, b"x" * 32)[Folder].browse(folder.id).key
    assert refused.value.details == {"model": "keep.folder", "id": folder.id, "field": "key"}
    assert refused.value.__cause__ is None


def test_a_token_of_another_field_or_tenant_does_not_open(keep: Keep, folder: Folder) -> None:
    keep.env.sql("UPDATE keep.folder SET memo = key WHERE id = %s", (folder.id,))
    keep.env.invalidate()
    with pytest.raises(fields.SecretError, match="copied from another field"):
        _ = folder.memo
    with pytest.raises(ValueError, match="not at hand"):
        Vault([MASTER], "t2").open(stored(keep, folder), "keep.folder.key")


def test_other_types_cannot_be_secret() -> None:
    with pytest.raises(DeveloperError, match="Char, Text"):
        fields.Integer("PIN", secret=True)
