"""Char, Text and Html: size, what PostgreSQL cannot hold, sanitising on every way in, search in pages."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.errors import ValidationError
from kernel.orm import Domain, Env
from tests.orm.fields.things import Thing

DIRTY = "<p onclick='x()'>Fish &amp; <b>chips</b></p><script>alert(1)</script>"
CLEAN = "<p>Fish &amp; <b>chips</b></p>"


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("code", "12345", "5 characters are too long, 4 fit"),
        ("name", "a\0b", "NUL"),
        ("text", "a\0b", "NUL"),
        ("page", "a\0b", "NUL"),
        ("name", "a\ud800", "half of a character"),
        ("text", "a\ud800", "half of a character"),
        ("name", 5, "5 is no str"),
        ("name", b"x", "is no str"),
        ("page", ["x"], "is no str"),
    ],
)
def test_wrong_texts_are_refused_everywhere_by_name(env: Env, field: str, wrong: Any, message: str) -> None:
    things = env[Thing].create([{}, {}])
    thing = things[0]
    for attempt in (
        lambda: env[Thing].create({field: wrong}),
        lambda: setattr(thing, field, wrong),
        lambda: thing.write(**{field: wrong}),
        lambda: things.write(**{field: wrong}),
        lambda: env[Thing].draft({field: wrong}),
    ):
        with pytest.raises(ValidationError, match=message) as caught:
            attempt()
        assert caught.value.field == field
    with pytest.raises(ValidationError, match=message) as caught:
        env[Thing].create([{field: "ok"}] * 700 + [{field: wrong}] + [{field: "ok"}] * 299)
    assert caught.value.details["position"] == 701
    assert "number 701 of the 1000 records" in caught.value.hint


def test_attribute_errors_name_the_record(env: Env) -> None:
    thing = env[Thing].create({})
    with pytest.raises(ValidationError) as caught:
        thing.code = "12345"
    assert caught.value.record == ["thing.thing", thing.id]


def test_size_counts_characters_not_bytes(env: Env) -> None:
    thing = env[Thing].create({"code": "äöü€"})
    env.invalidate()
    assert thing.code == "äöü€"


def test_none_and_empty_are_one_absence(env: Env) -> None:
    one, two = env[Thing].create([{"name": None}, {"name": ""}])
    assert one.name == two.name == ""
    env.invalidate()
    assert one.name == ""
    assert env[Thing].search((Thing.name == "") & Thing.id.is_in((one | two).ids), order="id") == one | two


def test_pages_are_sanitised_on_every_way_in(env: Env) -> None:
    made = env[Thing].create({"page": DIRTY})
    batch = env[Thing].create([{"page": DIRTY}, {"page": "plain"}])
    written, set_ = env[Thing].create([{}, {}])
    written.write(page=DIRTY)
    set_.page = DIRTY
    draft = env[Thing].draft({"page": DIRTY})
    for thing in (made, batch[0], written, set_, draft, draft.save(), made.copy()):
        assert thing.page == CLEAN
    (written | set_).write(page="<img src=x onerror=y>")
    assert "onerror" not in written.page


def test_text_is_sought_in_the_text_of_a_page(env: Env) -> None:
    page, other, unset = env[Thing].create([{"page": CLEAN}, {"page": "<p title='strong'>other</p>"}, {}])
    search = env[Thing].search
    found = {
        Thing.page.ilike("fish & CHIPS"): env[Thing],  # a tag is a space
        Thing.page.ilike("FISH &"): page,
        Thing.page.like("chips"): page,
        Thing.page.ilike("strong"): env[Thing],
        Thing.page.ilike("<p>"): env[Thing],
        Thing.page.starts_with("Fish"): page,
        ~Thing.page.ilike("fish"): other | unset,
    }
    for domain, expected in found.items():
        assert search(domain, order="id") == expected
        assert (page | other | unset).filtered(domain) == expected
    assert search(Domain.from_wire(["page", "ilike", "amp"])) == env[Thing]
