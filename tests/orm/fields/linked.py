"""Models that refer to records of others, and a policy with rules."""

from __future__ import annotations

from typing import Any

from kernel.orm import AddonModels, Domain, Env, Model, Registry, fields


class Person(Model, name="link.person", order="name"):
    name = fields.Char("Name", required=True)
    secretive = fields.Boolean("Secretive")


class Place(Model, name="link.place"):
    name = fields.Char("Name", required=True)
    shout = fields.Char("Shout")

    @shout.compute("name")
    def _compute_shout(self) -> None:
        for place in self:
            place.shout = place.name.upper()


class Note(Model, name="link.note"):
    text = fields.Char("Text")
    about = fields.Reference("About")
    who = fields.Reference("Who", models=[Person, "gone.model"])
    must = fields.Reference("Must", required=True, default="link.person,1", index=False)
    seen = fields.Char("Seen", stored=True)
    heard = fields.Char("Heard")

    @seen.compute("about")
    def _compute_seen(self) -> None:
        for note in self:
            note.seen = note.about.display_title

    @about.onchange
    def _onchange_about(self) -> None:
        self.heard = self.about.display_title


CLASSES: tuple[type[Any], ...] = (Person, Place, Note)


def linked_registry() -> Registry:
    """The registry of these models."""
    return Registry.build([AddonModels("link", CLASSES)])


class Policy:
    """Everybody reads and writes everything but secretive persons; nobody reads places as user 9."""

    def allowed(self, env: Env, model: str, operation: str) -> bool:
        return not (env.user_id == 9 and model == "link.place")

    def rule(self, env: Env, model: str, operation: str) -> Domain | None:
        return Person.secretive == False if model == "link.person" else None  # noqa: E712 - a domain

    def hidden_fields(self, env: Env, model: str) -> set[str]:
        return set()
