"""Composition: how the classes of addons become one class, and what is refused."""

from __future__ import annotations

import pytest

from kernel.errors import DeveloperError, NotInstalledError, RegistryError, UnknownModelError
from kernel.orm import AddonModels, Env, Model, Ports, Registry, fields
from tests.orm.toys import toy_registry


class Loud(Model, abstract=True):
    """A mixin."""

    def speak(self) -> list[str]:
        return ["mixin"]


class Dog(Loud, name="zoo.dog"):
    name = fields.Char("Name")

    def speak(self) -> list[str]:
        return ["dog", *super().speak()]


class Cat(Loud, name="zoo.cat"):
    name = fields.Char("Name")


class OldDog(Dog, extend=True):
    def speak(self) -> list[str]:
        return ["ext_1", *super().speak()]


class NewDog(Dog, extend=True):
    def speak(self) -> list[str]:
        return ["ext_2", *super().speak()]


class Louder(Loud, extend=True):
    volume = fields.Integer("Volume")

    def speak(self) -> list[str]:
        return ["mixin_ext", *super().speak()]


ZOO = AddonModels("zoo", (Loud, Dog, Cat))


def test_extensions_stand_above_the_model_and_those_of_a_mixin_below_it() -> None:
    registry = Registry.build(
        [ZOO, AddonModels("one", (OldDog,)), AddonModels("loud", (Louder,)), AddonModels("two", (NewDog,))]
    )
    dog = registry.model("zoo.dog").cls
    order = [cls.__name__ for cls in dog.__mro__[1:7]]
    assert order == ["NewDog", "OldDog", "Dog", "Louder", "Loud", "Model"]
    empty = dog.__new__(dog)
    assert empty.speak() == ["ext_2", "ext_1", "dog", "mixin_ext", "mixin"]  # type: ignore[attr-defined]
    assert "volume" in registry.model("zoo.cat").fields


def test_a_class_that_is_imported_but_not_installed_does_not_exist_there() -> None:
    registry = Registry.build([ZOO])
    assert [cls.__name__ for cls in registry.model("zoo.dog").cls.__mro__[1:3]] == ["Dog", "Loud"]
    assert "volume" not in registry.model("zoo.dog").fields
    with pytest.raises(NotInstalledError, match="NewDog"):
        registry.model_of(NewDog)


def test_a_field_declared_twice_names_both_places() -> None:
    class First(Dog, extend=True):
        tricks = fields.Integer("Tricks")

    class Second(Dog, extend=True):
        tricks = fields.Integer("Tricks")

    with pytest.raises(RegistryError, match=r"test_compose\.py:\d+ and .*test_compose\.py:\d+"):
        Registry.build([ZOO, AddonModels("first", (First,)), AddonModels("second", (Second,))])


def test_a_model_declared_twice_names_both_places() -> None:
    class Again(Model, name="zoo.dog"):
        pass

    with pytest.raises(RegistryError, match=r"declared twice: .*:\d+ and .*:\d+"):
        Registry.build([ZOO, AddonModels("zoo", (Again,))])


def test_an_extension_of_what_is_not_installed_says_so() -> None:
    with pytest.raises(RegistryError, match=r'extends "zoo\.dog", which is not installed'):
        Registry.build([AddonModels("one", (OldDog,))])


def test_a_class_must_say_what_it_is() -> None:
    with pytest.raises(DeveloperError, match="exactly one of"):

        class Neither(Model):
            pass

    with pytest.raises(DeveloperError, match="no option"):
        fields.Char("Name", requird=True)  # type: ignore[call-arg]


def test_an_unknown_model_names_the_near_one() -> None:
    with pytest.raises(UnknownModelError, match=r'Did you mean "zoo\.dog"'):
        Registry.build([ZOO]).model("zoo.dgo")


def test_a_relation_to_nothing_names_its_place() -> None:
    class Owner(Model, name="zoo.owner"):
        dog = fields.Many2one("zoo.dig", "Dog")

    with pytest.raises(RegistryError, match=r'test_compose\.py:\d+.*Did you mean "zoo.dog"'):
        Registry.build([ZOO, AddonModels("zoo", (Owner,))])


def test_an_order_that_python_refuses_names_the_classes() -> None:
    class Quiet(Model, abstract=True):
        pass

    class Fox(Loud, Quiet, name="zoo.fox"):
        pass

    class Twisted(Quiet, Loud, extend=True):
        pass

    class Shy(Fox, extend=True):
        pass

    with pytest.raises(RegistryError, match="Twisted"):
        Registry.build([AddonModels("zoo", (Loud, Quiet, Fox, Shy)), AddonModels("odd", (Twisted,))])


def test_a_declared_class_gives_no_records_by_itself() -> None:
    with pytest.raises((DeveloperError, AttributeError)):
        _ = Dog().name


def test_a_registry_of_toys_is_built_quickly_and_equal_sets_are_alike() -> None:
    first, second = toy_registry(), toy_registry()
    assert list(first.models) == list(second.models)
    assert [bound.name for bound in first.bounds] == [bound.name for bound in second.bounds]


def test_an_env_needs_a_reason_to_become_the_system(env: Env) -> None:
    user = Env.open(env.tx, env.registry, Ports(), user_id=3)
    with pytest.raises(DeveloperError, match="reason"):
        user.as_system("")


def test_a_field_may_not_be_called_like_what_every_recordset_has() -> None:
    class Team(Model, name="zoo.team"):
        group = fields.Char("Group")  # type: ignore[assignment]

    with pytest.raises(RegistryError, match=r'test_compose\.py:\d+: "group" cannot be the name of a field'):
        Registry.build([AddonModels("zoo", (Team,))])
