"""What does not fit together is refused when the registry is built, naming both places and the near word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from kernel.errors import DeveloperError, RegistryError, TenonError, UnknownFieldError
from kernel.orm import AddonModels, Check, Exclude, Model, Registry, Unique, fields, validates
from kernel.orm.registry.declare import ModelMeta


class Named(Model, abstract=True):
    name = fields.Char("Name")
    rank = fields.Integer("Rank")

    def greet(self, who: str, *, loud: bool = False) -> str:
        return who


class Ship(Named, name="port.ship", order="name"):
    length = fields.Integer("Length")
    berths = fields.One2many["Berth"]("port.berth", "Berths", inverse="ship")
    size = fields.Integer("Size", stored=True)

    @size.compute("length")
    def _compute_size(self) -> None:
        for ship in self:
            ship.size = ship.length

    def sail(self, knots: int) -> int:
        return knots


class Berth(Model, name="port.berth"):
    ship = fields.Many2one(Ship, "Ship")
    place = fields.Char("Place")


class Deck(Ship, extend=True):
    decks = fields.Integer("Decks")


PORT = AddonModels("port", (Named, Ship, Berth))
DECKS = AddonModels("decks", (Deck,))


def built(*classes: type[Any], addon: str = "more") -> Registry:
    return Registry.build([PORT, DECKS, AddonModels(addon, classes)])


def places(error: TenonError) -> list[str]:
    return re.findall(r"test_refused_\w+\.py:\d+", error.text)


def refused(build: Callable[[], Any], *texts: str, both: bool = True) -> TenonError:
    """The error that `build` raises: it says `texts`, and two different places in this file (or one)."""
    with pytest.raises((RegistryError, DeveloperError)) as caught:
        build()
    error = caught.value
    for text in texts:
        assert text in f"{error.text}\n{error.hint}", error
    assert len(set(places(error))) >= (2 if both else 1), error
    return error


# -- classes -----------------------------------------------------------------------------------------------------
def test_a_subclass_that_says_neither_name_nor_extend_nor_abstract() -> None:
    def build() -> None:
        class Boat(Ship):
            pass

    refused(build, "Boat must say exactly one of", "Its base Ship is declared at")


def test_an_unknown_class_option_has_a_near_word() -> None:
    def build() -> None:
        class Boat(Model, name="port.boat", ordre="name"):
            pass

    refused(build, 'no option "ordre"', 'Did you mean "order"?', both=False)


def test_a_model_name_that_is_none() -> None:
    def build() -> None:
        class Boat(Model, name="Boat"):
            pass

    refused(build, 'model name "Boat" must be "addon.noun"', both=False)


def test_a_model_under_the_name_of_another_addon() -> None:
    class Boat(Model, name="port.boat"):
        pass

    refused(lambda: built(Boat), 'must begin with its addon\'s name "more."', both=False)


def test_one_model_name_declared_twice() -> None:
    class Again(Model, name="port.ship"):
        pass

    refused(lambda: built(Again, addon="port"), 'Model "port.ship" is declared twice')


def test_an_extension_of_a_model_that_is_not_installed() -> None:
    refused(lambda: Registry.build([AddonModels("decks", (Deck,))]), 'extends "port.ship"', both=False)


def test_bases_that_python_cannot_put_in_one_order_are_named_with_their_places() -> None:
    class Quick(Model, abstract=True):
        pass

    class Slow(Model, abstract=True):
        pass

    class Raft(Quick, Slow, name="more.raft"):
        pass

    class Twisted(Slow, Quick, extend=True):
        pass

    class Lashed(Raft, extend=True):
        pass

    refused(lambda: built(Quick, Slow, Raft, Twisted, Lashed), "cannot be put in one order", "Raft (", "Twisted (")


# -- fields --------------------------------------------------------------------------------------------------------
def test_one_field_name_from_two_addons_with_two_types() -> None:
    class One(Ship, extend=True):
        flag = fields.Char("Flag")

    class Two(Ship, extend=True):
        flag = fields.Integer("Flag")

    def build() -> None:
        Registry.build([PORT, AddonModels("one", (One,)), AddonModels("two", (Two,))])

    refused(build, 'Field "flag" of port.ship is declared twice')


def test_a_field_of_a_mixin_declared_anew_with_another_type() -> None:
    class Buoy(Named, name="more.buoy"):
        rank = fields.Char("Rank")  # type: ignore[assignment]

    refused(lambda: built(Buoy), 'Field "rank" of more.buoy is of type char', "of type integer in its mixin")


def test_a_field_of_a_mixin_may_be_declared_anew_with_its_type() -> None:
    class Buoy(Named, name="more.buoy"):
        rank = fields.Integer("Order")

    assert built(Buoy).model("more.buoy").fields["rank"].field.label == "Order"


def test_one_field_object_in_two_classes() -> None:
    def build() -> None:
        shared = fields.Char("Shared")

        class First(Model, name="more.first"):
            text = shared

        class Second(Model, name="more.second"):
            text = shared

    refused(build, "the field First.text, declared at", "is given to Second.text as well")


def test_a_field_assigned_outside_of_its_class() -> None:
    def build() -> None:
        Deck.masts = fields.Integer("Masts")

    refused(build, "Deck.masts is assigned after its class was declared, at")


@pytest.mark.parametrize("name", ["search", "env", "mapped", "ids", "copy"])
def test_a_field_named_like_what_every_recordset_has(name: str) -> None:
    Odd = ModelMeta("Odd", (Model,), {name: fields.Char("Odd"), "__module__": __name__}, name="more.odd")
    refused(lambda: built(Odd), f'"{name}" cannot be the name of a field', both=False)


def test_an_unknown_option_of_a_field() -> None:
    refused(lambda: fields.Char("Name", requird=True), 'Did you mean "required"?', both=False)  # type: ignore[call-arg]


def test_a_link_to_a_model_that_is_not_there() -> None:
    class Crane(Model, name="more.crane"):
        ship = fields.Many2one[Ship]("port.shp", "Ship")

    refused(lambda: built(Crane), 'links to "port.shp"', 'Did you mean "port.ship"?', both=False)


def test_an_inverse_that_is_not_there() -> None:
    class Crewed(Ship, extend=True):
        spots = fields.One2many(Berth, "Spots", inverse="shp")

    refused(lambda: built(Crewed), 'no field "shp" on port.berth', 'Did you mean "ship"?', both=False)


def test_an_inverse_that_is_no_link_back() -> None:
    class Crewed(Ship, extend=True):
        spots = fields.One2many(Berth, "Spots", inverse="place")

    refused(lambda: built(Crewed), "port.berth.place is no many2one to port.ship", both=False)


# -- paths ---------------------------------------------------------------------------------------------------------
def unknown(*classes: type[Any], near: str) -> None:
    error = refused(lambda: built(*classes), f'Did you mean "{near}"?', both=False)
    assert isinstance(error, UnknownFieldError)


def test_an_unknown_path_of_a_compute() -> None:
    class Fleet(Ship, extend=True):
        total = fields.Integer("Total")

        @total.compute("berths.plac")
        def _compute_total(self) -> None:
            pass

    unknown(Fleet, near="place")


def test_an_unknown_path_of_a_related_field() -> None:
    class Marked(Berth, extend=True):
        long = fields.Integer("Long", related="ship.lenght")

    unknown(Marked, near="length")


def test_an_unknown_path_of_an_order() -> None:
    class Slot(Model, name="more.slot", order="ship.lenght desc, id"):
        ship = fields.Many2one(Ship, "Ship")

    unknown(Slot, near="length")


def test_an_order_behind_what_is_no_relation() -> None:
    class Slot(Model, name="more.slot", order="text.size"):
        text = fields.Char("Text")

    refused(lambda: built(Slot), '"text.size" goes on behind', both=False)


def test_an_unknown_title() -> None:
    class Slot(Model, name="more.slot", title="nmae"):
        name = fields.Char("Name")

    unknown(Slot, near="name")


def test_an_unknown_field_of_a_check_in_python() -> None:
    class Slot(Model, name="more.slot"):
        width = fields.Integer("Width")

        @validates("widht")
        def _check(self) -> None:
            pass

    error = refused_without_place(lambda: built(Slot))
    assert 'Did you mean "width"?' in error.text
    assert "Slot._check" in error.text


def refused_without_place(build: Callable[[], Any]) -> TenonError:
    with pytest.raises(UnknownFieldError) as caught:
        build()
    return caught.value


def test_an_unknown_field_of_unique() -> None:
    class Slot(Model, name="more.slot"):
        width = fields.Integer("Width")
        _once = Unique("widht", message="Once.")

    unknown(Slot, near="width")


def test_an_unknown_column_of_a_check_in_sql() -> None:
    class Slot(Model, name="more.slot"):
        width = fields.Integer("Width")
        _wide = Check("widht > 0 AND width < 10", message="Wide.")

    unknown(Slot, near="width")


def test_a_link_in_a_check_is_named_by_its_column() -> None:
    class Slot(Model, name="more.slot"):
        ship = fields.Many2one(Ship, "Ship")
        _some = Check("ship IS NOT NULL", message="Some.")

    refused(lambda: built(Slot), 'the column of more.slot.ship is called "ship_id"', both=False)


def test_words_of_sql_and_texts_in_a_check_are_no_columns() -> None:
    class Slot(Model, name="more.slot"):
        width = fields.Integer("Width")
        kind = fields.Char("Kind")
        _fine = Check("kind <> 'widht' AND abs(width) >= 0 AND width::int8 IS NOT NULL", message="Fine.")
        _apart = Exclude("width WITH =, kind WITH =", message="Apart.")

    assert len(built(Slot).model("more.slot").constraints) == 2


def test_one_constraint_declared_twice() -> None:
    class One(Ship, extend=True):
        _once = Unique("length", message="Once.")

    class Two(Ship, extend=True):
        _once = Unique("rank", message="Once.")

    refused(lambda: built(One, Two), "Constraint _once of port.ship is declared twice")
