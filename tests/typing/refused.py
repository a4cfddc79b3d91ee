"""What type checkers must refuse: every line marked `# refused` is an error for mypy and for pyright."""

from __future__ import annotations

from kernel.orm import Env, Model, fields


class Thing(Model, name="typing.thing"):
    name = fields.Char("Name")
    size = fields.Integer("Size")


class Other(Model, name="typing.other"):
    thing = fields.Many2one(Thing, "Thing")


def wrong(env: Env, thing: Thing, other: Other) -> None:
    thing.size = "large"  # refused
    _ = thing.nmae  # refused
    _ = Thing.size > "x"  # refused
    other.thing = other  # refused
    _ = thing | other  # refused
    fields.Char("Name", requird=True)  # refused
    _ = env[Thing].name.size  # refused
