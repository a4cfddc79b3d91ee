"""Overrides say what they read, and take what callers of the first method give; else the registry is not built."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kernel.errors import RegistryError
from kernel.orm.registry.declare import ModelMeta
from tests.orm.test_refused_at_build import Deck, Ship, built, refused


def test_an_override_of_a_compute_that_does_not_say_what_it_reads() -> None:
    class Wider(Ship, extend=True):
        def _compute_size(self) -> None:
            super()._compute_size()

    refused(lambda: built(Wider), "Wider._compute_size overrides", '@Ship.size.compute("...")')


def test_the_inputs_of_all_overrides_of_a_compute_are_joined() -> None:
    class Wider(Deck, extend=True):
        @Ship.size.compute("decks", "berths.place")
        def _compute_size(self) -> None:
            super()._compute_size()

    assert built(Wider).model("port.ship").fields["size"].depends == ("length", "decks", "berths.place")
    assert built().model("port.ship").fields["size"].depends == ("length",)


def test_a_compute_of_another_name_than_the_one_it_overrides() -> None:
    def build() -> None:
        class Wider(Ship, extend=True):
            @Ship.size.compute("name")
            def _compute_sise(self) -> None:
                pass

    refused(build, "Ship.size, declared at", 'Did you mean "_compute_size"?')


def test_a_compute_for_a_field_that_has_none() -> None:
    def build() -> None:
        class Wider(Ship, extend=True):
            @Ship.length.compute("name")
            def _compute_length(self) -> None:
                pass

    refused(build, "Ship.length, declared at", "is not computed")


def method(source: str) -> Any:
    """A method by its source: type checkers refuse these overrides, too."""
    space: dict[str, Any] = {}
    exec(f"def made{source}: ...", space)  # noqa: S102
    return space["made"]


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("sail", "(self)", 'does not take "knots"'),
        ("sail", "(self, speed)", 'does not take "knots"'),
        ("sail", "(self, knots, wind)", 'needs "wind"'),
        ("sail", "(self, wind=0, knots=0)", 'takes "knots" in another place'),
        ("greet", "(self, who)", 'does not take "loud"'),
        ("greet", "(self, who, *, loud)", 'needs "loud"'),
        ("write", "(self, values)", 'does not take "values"'),
        ("create", "(self)", 'does not take "values"'),
        ("copy", "(self)", 'does not take "changes"'),
        ("search", "(self, domain)", 'needs "domain"'),
    ],
)
def test_an_override_with_another_signature(name: str, source: str, reason: str) -> None:
    Odd = ModelMeta("Odd", (Ship,), {name: method(source), "__module__": __name__}, extend=True)
    with pytest.raises(RegistryError) as caught:
        built(Odd)
    text = caught.value.text
    assert f"Odd.{name} overrides" in text
    assert reason in text
    assert "<string>:1" in text
    assert len(re.findall(r":\d+", text)) == 2


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("sail", "(self, knots, wind=0)"),
        ("sail", "(self, *args, **more)"),
        ("greet", "(self, who, loud=False)"),
        ("write", "(self, **values)"),
        ("create", "(self, values)"),
    ],
)
def test_an_override_that_takes_what_callers_give(name: str, source: str) -> None:
    Odd = ModelMeta("Odd", (Ship,), {name: method(source), "__module__": __name__}, extend=True)
    assert built(Odd).model("port.ship")


def test_what_an_extension_hangs_on_a_field_is_gone_where_it_is_not_installed() -> None:
    class Checking(Ship, extend=True):
        @Ship.length.validate
        def _check_length_somehow(self) -> None:
            pass

    assert "_check_length_somehow" in built(Checking).model("port.ship").validators
    assert "_check_length_somehow" not in built().model("port.ship").validators
