"""Rows of groups: mappings that make labels and domains when asked, and cannot be told from dicts by their items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from kernel.http.responses import dump_json
from kernel.orm import Domain, Env, GroupRow
from kernel.orm.grouping.answers import _Domains
from kernel.orm.grouping.labels import Labels
from tests.orm.groups.till import Sale

ALL = {"by": ["kind", "day:month", "clerk"], "aggregates": ["pieces:sum", "amount:sum", "score:avg", "id:array"]}


@pytest.fixture
def sales(env: Env, world: dict[str, Any]) -> Any:
    rows = [
        {"kind": "web", "pieces": 3, "score": 5, "day": "2026-02-03", "amount": 3, "coin": world["coins"][:1]},
        {"kind": "web", "pieces": 1, "clerk": world["clerks"][0], "amount": 2, "coin": world["coins"][1:]},
        {"kind": "shop", "pieces": 2, "day": "2026-02-05"},
    ]
    return env[Sale].create(rows)


def the_plain_way(env: Env, group: GroupRow, keys: list[str]) -> None:
    """What a row says, found from the records of its domain."""
    inside = Domain.from_wire(group["domain"])
    assert env[Sale].count(inside) == group["count"]
    assert sum(env[Sale].search(inside).mapped("pieces")) == group["pieces:sum"]
    assert list(env[Sale].search(inside, order="id").ids) == group["id:array"]
    assert all(isinstance(group[f"{key}:label"], str) for key in keys)


@pytest.mark.parametrize("by", [[], ["kind"], ["kind", "day:month"], ALL["by"], ["labels"]], ids=str)
def test_what_is_made_late_agrees_with_the_records(env: Env, sales: Any, by: list[str]) -> None:
    groups = env[Sale].group(by=by, aggregates=ALL["aggregates"])
    assert groups
    for group in groups:
        the_plain_way(env, group, by)


def test_labels_and_domains_are_made_when_asked_for(env: Env, sales: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    label, domain = Labels.of, _Domains.of
    monkeypatch.setattr(Labels, "of", lambda self, key: made.append("label") or label(self, key))
    monkeypatch.setattr(_Domains, "of", lambda self, keys: made.append("domain") or domain(self, keys))
    groups = env[Sale].group(by=["kind"], aggregates=["pieces:sum"], order="kind")
    assert [(each["kind"], each["count"], each["pieces:sum"]) for each in groups] == [("shop", 1, 2), ("web", 2, 4)]
    assert made == []
    assert groups[1]["kind:label"] == "On the web"
    assert groups[1]["domain"] == ["kind", "=", "web"]
    assert made == ["label", "domain"]


def test_no_statement_is_sent_for_what_is_made_late(env: Env, sales: Any) -> None:
    groups = env[Sale].group(**ALL)
    before = env.tx.statements
    assert all(dict(each) for each in groups)
    assert env.tx.statements == before


def test_a_row_is_equal_to_the_dict_of_it(env: Env, sales: Any) -> None:
    for group in env[Sale].group(**ALL):
        whole = dict(group)
        assert group == whole
        assert whole == group
        assert {**group} == whole
        assert list(group) == list(whole)
        assert len(group) == len(whole)
        assert repr(group) == repr(whole)
        assert list(whole)[:4] == ["kind", "kind:label", "day:month", "day:month:label"]
        assert group != {**whole, "count": -1}
        assert group != {"count": group["count"]}
        assert {name: group[name] for name in group} == whole == {name: group.get(name) for name in group}


def test_a_row_is_a_mapping_that_cannot_be_changed(env: Env, sales: Any) -> None:
    group: Any = env[Sale].group(by=["kind"])[0]
    assert isinstance(group, Mapping)
    assert isinstance(group, GroupRow)
    with pytest.raises(TypeError):
        group["count"] = 5
    with pytest.raises(AttributeError):
        group.more = 5
    assert "kind:label" in group
    assert "kind:text" not in group
    assert group.get("kind:text") is None


def test_a_name_that_a_row_has_not_is_refused_with_the_nearest(env: Env, sales: Any) -> None:
    with pytest.raises(KeyError, match='Did you mean "kind:label"') as caught:
        env[Sale].group(by=["kind"])[0]["kind:labels"]
    assert caught.value.__context__ is None


def test_a_method_may_send_rows_to_a_client(env: Env, sales: Any) -> None:
    groups = env[Sale].group(**ALL)
    assert orjson.loads(dump_json({"groups": groups})) == {"groups": list(map(dict, groups))}


def test_rows_with_records_and_filled_ones_are_the_same_kind(env: Env, sales: Any) -> None:
    (board, *_) = env[Sale].group_read(by=["kind"], spec=["pieces"], order="kind")
    assert list(board) == ["kind", "kind:label", "count", "domain", "records"]
    assert [record["pieces"] for record in board["records"]] == [2]
    gap = env[Sale].group(by=["day:month"], fill=("2026-01-01", "2026-01-31"))[0]
    assert (gap["day:month:label"], gap["count"]) == ("January 2026", 0)
