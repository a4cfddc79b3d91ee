"""Models an attacker asks: persons of whom some are hidden, their deeds, labels, and notes nobody may read."""

from __future__ import annotations

from typing import Any

from kernel.orm import Check, Domain, Model, Unique, fields


class Label(Model, name="vault.label", order="name, id"):
    """A label; private ones are hidden by a rule."""

    name = fields.Char("Name")
    private = fields.Boolean("Private")


class Note(Model, name="vault.note", order="text, id", title="text"):
    """Nobody has a right to notes."""

    text = fields.Char("Text")
    weight = fields.Integer("Weight")


class Person(Model, name="vault.person", order="name, id"):
    """A person; private ones are hidden by a rule, wages by a group, the pin from everybody."""

    name = fields.Char("Name")
    city = fields.Char("City")
    born = fields.Date("Born")
    private = fields.Boolean("Private")
    email = fields.Char("E-mail", unique=True)
    wage = fields.Integer("Wage")
    pin = fields.Char("Pin", secret=True)
    boss: fields.Many2one[Person] = fields.Many2one("vault.person", "Boss")
    note = fields.Many2one(Note, "Note")
    labels = fields.Many2many(Label, "Labels")
    initials = fields.Char("Initials")

    _some_wage = Check("wage < 1000000", message="Nobody earns that much.")

    @initials.compute("name")
    def _compute_initials(self) -> None:
        for person in self:
            person.initials = person.name[:1]


class Deed(Model, name="vault.deed", order="person, day desc, id", title="code"):
    """What a person did; private ones are hidden by a rule."""

    code = fields.Char("Code")
    person = fields.Many2one(Person, "Person")
    day = fields.Date("Day")
    amount = fields.Integer("Amount")
    private = fields.Boolean("Private")
    person_city = fields.Char("City of the person", related="person.city")
    note_text = fields.Char("Text of the note", related="person.note.text")
    remark = fields.Char("Remark")
    at_home = fields.Boolean("Of a person from Home")

    @at_home.compute("person.city")
    def _compute_at_home(self) -> None:
        for deed in self:
            deed.at_home = deed.person_city == "Home"

    @at_home.search
    def _search_at_home(self, operator: str, value: Any) -> Domain:
        found = Domain.any_("person", Domain.term("city", "=", "Home"))
        return found if value == (operator == "=") else ~found

    @person.onchange
    def _onchange_person(self) -> None:
        self.remark = f"for {self.person.city}"


class Busy(Person, extend=True):
    """The deeds and the notes of persons."""

    deeds = fields.One2many(Deed, "Deeds", inverse=Deed.person)
    deed_count = fields.Integer("Number of deeds")

    @deed_count.compute("deeds")
    def _compute_deed_count(self) -> None:
        for person in self:
            person.deed_count = len(person.deeds)


class Box(Model, name="vault.box", order="title_of, id", title="owner"):
    """Its title is the record it belongs to."""

    owner = fields.Many2one(Person, "Owner")
    title_of = fields.Char("Text")
    code = fields.Char("Code")

    _code_once = Unique("code", message="There is a box of this code.")


CLASSES: tuple[type[Any], ...] = (Label, Note, Person, Deed, Busy, Box)
