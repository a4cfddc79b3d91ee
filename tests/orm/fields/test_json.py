"""Json: checked when set, frozen when read, written whenever it is another document."""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Decimal
from typing import Any

import orjson
import pytest

from kernel.errors import ValidationError
from kernel.orm import Env
from tests.orm.fields.things import Thing


@pytest.mark.parametrize("document", [{"a": [1, {"b": None}]}, [1.5, "x", True], "text", 7, True, {}, []])
def test_documents_come_back_as_they_were(env: Env, document: Any) -> None:
    thing = env[Thing].create({"data": document})
    env.invalidate()
    assert thing.data == document
    assert thing.read(["data"])[0]["data"] == document


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"lines": [1, {"price": Decimal(1)}]}, r"data.lines\[1\].price is of type Decimal"),
        ({"a": {1: 2}}, "data.a has a key of type int"),
        ([float("nan")], r"data\[0\] is not a finite number"),
        ({"x": 2**70}, "data.x is a whole number of more than 64 bits"),
        ({"x": "a\0b"}, "data.x: a text cannot contain the NUL"),
        ({"x": "\ud800"}, "data.x: a text cannot contain half of a character"),
        ({"x": {1, 2}}, "data.x is of type set"),
    ],
)
def test_what_is_not_json_is_refused_with_its_path(env: Env, document: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=f"Thing, Data: {message}") as caught:
        env[Thing].create({"data": document})
    assert caught.value.field == "data"


def test_a_document_in_a_circle_is_refused(env: Env) -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ValidationError, match="nested deeper than 100 levels"):
        env[Thing].create({"data": circle})


def test_what_was_read_cannot_be_changed_in_place(env: Env) -> None:
    thing = env[Thing].create({"data": {"a": [1]}})
    for fresh in (False, True):
        if fresh:
            env.invalidate()
        with pytest.raises(TypeError, match="cannot be changed in place"):
            thing.data["a"] = 2
        with pytest.raises(TypeError, match="cannot be changed in place"):
            thing.data["a"].append(2)
        with pytest.raises(TypeError, match="cannot be changed in place"):
            thing.data.update(b=1)
    assert thing.data == {"a": [1]}


def test_what_was_given_is_copied(env: Env) -> None:
    given = {"a": [1]}
    thing = env[Thing].create({"data": given})
    given["a"].append(2)
    assert thing.data == {"a": [1]}


def test_a_changed_copy_is_written(env: Env) -> None:
    thing = env[Thing].create({"data": {"a": [1]}})
    changed = copy.deepcopy(thing.data)
    changed["a"].append(2)
    thing.data = changed
    env.invalidate()
    assert thing.data == {"a": [1, 2]}
    thing.data = {**thing.data, "b": None}
    env.invalidate()
    assert thing.data == {"a": [1, 2], "b": None}


def test_true_is_another_value_than_one(env: Env) -> None:
    thing = env[Thing].create({"data": {"on": 1}})
    env.flush()
    thing.data = {"on": True}
    env.invalidate()
    assert thing.data["on"] is True
    thing.write(data={"on": 1})
    env.invalidate()
    assert thing.data["on"] is not True


def test_an_equal_document_writes_nothing(env: Env) -> None:
    thing = env[Thing].create({"data": {"a": 1, "b": [2]}})
    env.flush()
    version = thing.version
    thing.data = {"b": [2], "a": 1}
    env.invalidate()
    assert thing.version == version


def test_frozen_documents_serialise_and_pickle_as_plain_ones(env: Env) -> None:
    data = env[Thing].create({"data": {"a": [1, {"b": 2}]}}).data
    assert json.loads(json.dumps(data)) == orjson.loads(orjson.dumps(data)) == data
    again = pickle.loads(pickle.dumps(data))  # noqa: S301 - our own bytes
    assert type(again) is dict
    assert type(again["a"]) is list


def test_absence_is_found_and_null_is_absence(env: Env) -> None:
    unset, filled = env[Thing].create([{"data": None}, {"data": {}}])
    assert env[Thing].search(Thing.data == None) == unset  # noqa: E711 - a domain
    assert env[Thing].search(Thing.data != None) == filled  # noqa: E711 - a domain
