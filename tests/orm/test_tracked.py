"""What is tracked: changes of fields in one piece per flush, images of what is deleted, and the way back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kernel.errors import MissingError, RegistryError, ValidationError
from kernel.orm import AddonModels, Model, Registry, fields
from kernel.orm.history.restoring import belonging, restore
from tests.orm.keepers import Branch, Folder, Label, Page
from tests.orm.keeping import Keep, keep, keep_database

__all__ = ["keep", "keep_database"]


def changes(keep: Keep) -> list[tuple[int, dict[str, tuple[object, object]]]]:
    keep.env.flush()
    return [(change.id, dict(change.values)) for change in keep.log.changes]


def test_a_change_has_the_value_before_though_it_was_never_read(keep: Keep) -> None:
    folder = keep.env[Folder].create({"name": "a", "size": Decimal(1)})
    keep.env.invalidate()
    folder.write(name="b", note="no one looks")
    assert changes(keep) == [(folder.id, {"name": ("a", "b")})]


def test_creating_and_untracked_fields_leave_no_trace(keep: Keep) -> None:
    folder = keep.env[Folder].create({"name": "a"})
    keep.env.flush()
    folder.note = "x"
    assert changes(keep) == []


def test_a_value_that_comes_back_before_the_flush_is_no_change(keep: Keep) -> None:
    folder = keep.env[Folder].create({"name": "a"})
    keep.env.invalidate()
    folder.name = "b"
    folder.name = "a"
    assert changes(keep) == []


def test_values_are_in_wire_form_and_links_are_ids(keep: Keep) -> None:
    upper, folder = keep.env[Folder].create([{"name": "up"}, {"name": "a", "size": Decimal("1.5")}])
    keep.env.flush()
    folder.write(size=Decimal(2), owner=upper)
    assert changes(keep) == [(folder.id, {"size": ("1.50", "2.00"), "owner": (None, upper.id)})]


def test_many_records_are_one_call_and_one_query_more(keep: Keep) -> None:
    folders = keep.env[Folder].create([{"name": f"f{n}"} for n in range(50)])
    keep.env.flush()
    before = keep.tx.statements
    for folder in folders:
        folder.name += "!"
    keep.env.flush()
    assert keep.tx.statements - before == 2  # the values of before, and the UPDATE
    assert [len(call) for call in keep.log.calls] == [50]


def test_a_model_without_tracked_fields_costs_nothing(keep: Keep) -> None:
    label = keep.env[Label].create({"name": "a"})
    keep.env.flush()
    before = keep.tx.statements
    label.name = "b"
    keep.env.flush()
    assert keep.tx.statements - before == 1
    label.delete()
    assert keep.log.images == []


def test_links_and_stored_computed_values_are_tracked_too(keep: Keep) -> None:
    red, blue = keep.env[Label].create([{"name": "red"}, {"name": "blue"}])
    folder = keep.env[Folder].create({"name": "a", "labels": [red.id]})
    keep.env.flush()
    folder.labels = blue
    keep.env[Page].create({"folder": folder})
    keep.env.flush()
    found = {name: pair for _, values in changes(keep) for name, pair in values.items()}
    assert found == {"labels": ([red.id], [blue.id]), "page_count": (0, 1)}


def test_a_secret_tells_only_that_it_was_set(keep: Keep) -> None:
    folder = keep.env[Folder].create({"name": "a", "key": "old"})
    keep.env.flush()
    folder.key = "new"
    assert changes(keep) == [(folder.id, {"key": ({"set": True}, {"set": True})})]


def test_what_a_savepoint_took_back_leaves_no_trace(keep: Keep) -> None:
    folder = keep.env[Folder].create({"name": "a"})
    with pytest.raises(ZeroDivisionError), keep.env.savepoint():
        folder.name = "b"
        raise ZeroDivisionError
    folder.note = "n"
    keep.env.flush()
    assert keep.log.changes == []


def test_history_is_for_who_may_read_the_record_and_hides_hidden_fields(keep: Keep) -> None:
    upper, folder = keep.env[Folder].create([{"name": "up"}, {"name": "a"}])
    keep.env.flush()
    folder.write(size=Decimal(3), owner=upper)
    keep.env.flush()
    keep.env[Folder].browse(upper.id).write(note="private")
    told = keep.user[Folder].browse(folder.id).history()
    assert [change["field"] for change in told[0]["changes"]] == ["owner"]
    assert told[0]["changes"][0]["after"] == {"id": None, "hidden": True}
    with pytest.raises(MissingError):
        keep.user[Folder].browse(upper.id).history()
    assert keep.env[Folder].browse(folder.id).history()[0]["changes"][1]["after"]["title"] == "up"


def test_a_deleted_record_comes_back_with_its_lines_links_and_computed_values(keep: Keep) -> None:
    env = keep.env
    upper, lower = env[Folder].create([{"name": "up"}, {"name": "low"}])
    label = env[Label].create({"name": "red"})
    folder = env[Folder].create(
        {"name": "a", "owner": upper, "labels": [label.id], "key": "k", "scan": b"bytes", "size": Decimal("1.25")}
    )
    env[Page].create([{"folder": folder, "text": "one"}, {"folder": folder, "text": "two"}, {"folder": lower}])
    env.flush()
    id, pages = folder.id, folder.pages.ids
    (folder | lower).delete()
    root = next(image for image in keep.log.images if image.id == id and image.model == "keep.folder")
    restore(env, belonging(env, root, keep.log.images))
    back = env[Folder].browse(id)
    assert (back.name, back.owner.name, back.labels.ids, back.size) == ("a", "up", (label.id,), Decimal("1.25"))
    assert back.pages.ids == pages
    assert back.page_count == 2
    assert back.key == ""  # secrets are not in the image
    assert back.scan is not None
    assert back.scan.read() == b"bytes"
    assert not env[Folder].browse(lower.id).exists()


def test_a_link_to_what_is_gone_is_unset_and_a_required_one_refuses(keep: Keep) -> None:
    env = keep.env
    upper = env[Folder].create({"name": "up"})
    folder = env[Folder].create({"name": "a", "owner": upper})
    page = env[Page].create({"folder": upper})
    env.flush()
    folder.delete()
    upper.delete()
    folder_image, page_image = (
        next(image for image in keep.log.images if (image.model, image.id) == key)
        for key in (("keep.folder", folder.id), ("keep.page", page.id))
    )
    restore(env, [folder_image])
    assert not env[Folder].browse(folder.id).owner
    with pytest.raises(ValidationError, match="is gone"):
        restore(env, [page_image])


def test_links_of_others_that_the_deletion_unset_come_back_unless_they_were_set_since(keep: Keep) -> None:
    env = keep.env
    upper, other = env[Branch].create([{"name": "up"}, {"name": "other"}])
    kept, moved, gone = env[Branch].create([{"name": name, "friend": upper} for name in ("kept", "moved", "gone")])
    env.flush()
    assert (kept.within, kept.depth) == ("up", 1)
    upper.delete()
    assert (kept.friend.ids, kept.within, kept.depth) == ((), "", 0)
    moved.friend = other
    gone.delete()
    env.flush()
    root = next(image for image in keep.log.images if image.id == upper.id and image.model == "keep.branch")
    restore(env, belonging(env, root, keep.log.images))
    assert (kept.friend, moved.friend) == (upper, other)
    assert (kept.within, kept.depth) == ("up", 1)
    assert not env[Branch].browse(gone.id).exists()
    env.invalidate()
    assert [branch.friend.name for branch in kept | moved] == ["up", "other"]
    assert env.sql("SELECT within, depth FROM keep.branch WHERE id = %s", (kept.id,)) == [("up", 1)]


def test_a_cascaded_tree_comes_back_with_all_its_branches(keep: Keep) -> None:
    env = keep.env
    root = env[Branch].create({"name": "root"})
    arms = env[Branch].create([{"name": name, "parent": root} for name in ("left", "right")])
    leaves = env[Branch].create([{"name": f"{arm.name} leaf", "parent": arm} for arm in arms])
    elsewhere = env[Branch].create({"name": "elsewhere"})
    env.flush()
    tree = [*root.ids, *arms.ids, *leaves.ids]
    (root | elsewhere).delete()
    assert env[Branch].count() == 0
    image = next(image for image in keep.log.images if image.id == root.id)
    restore(env, belonging(env, image, keep.log.images))
    env.invalidate()
    found = env[Branch].search(order="id")
    assert [*found.ids] == tree
    assert [branch.path for branch in found] == [
        "root",
        "root/left",
        "root/right",
        "root/left/left leaf",
        "root/right/right leaf",
    ]


def test_no_image_has_a_secret_in_it(keep: Keep) -> None:
    folder = keep.env[Folder].create({"name": "a", "key": "k", "memo": "m"})
    keep.env.flush()
    folder.delete()
    assert keep.log.images[0].row.keys().isdisjoint({"key", "memo"})


def test_what_has_no_column_cannot_be_tracked() -> None:
    class Odd(Model, name="odd.odd"):
        """Tracks what is not stored."""

        doubled = fields.Integer("Doubled", tracked=True)

        @doubled.compute()
        def _compute_doubled(self) -> None:
            for odd in self:
                odd.doubled = 2

    with pytest.raises(RegistryError, match="cannot be tracked"):
        Registry.build([AddonModels("odd", (Odd,))])
