"""Rights: deny by default, rules in every operation, nothing of what may not be read shows through a path."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from kernel.db.transaction import Transaction
from kernel.errors import AccessError, MissingError, UnknownFieldError
from kernel.orm import Domain, Env, Model, Ports, Registry
from kernel.orm.ports import Unheard
from tests.orm.toys import LoyalPartner, Partner, Purchase, Tag

USER = 7


@dataclass
class ToyPolicy:
    """What a test allows to the user: operations per model, rules, hidden fields."""

    operations: dict[str, set[str]] = field(default_factory=dict)
    rules: dict[str, Domain] = field(default_factory=dict)
    hidden: dict[str, set[str]] = field(default_factory=dict)

    def allowed(self, env: Env, model: str, operation: str) -> bool:
        return operation in self.operations.get(model, set())

    def rule(self, env: Env, model: str, operation: str) -> Domain | None:
        return self.rules.get(model)

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        return frozenset(self.hidden.get(model, set()))


ALL = {"read", "create", "write", "delete"}


@pytest.fixture
def policy() -> ToyPolicy:
    return ToyPolicy({name: set(ALL) for name in ("toy.partner", "toy.purchase", "toy.tag")})


@pytest.fixture
def system(tx: Transaction, registry: Registry, policy: ToyPolicy) -> Env:
    return Env.open(tx, registry, Ports(policy=policy))


@pytest.fixture
def user(system: Env) -> Env:
    return system.as_user(USER)


def test_without_a_policy_only_the_system_may_do_anything(tx: Transaction, registry: Registry) -> None:
    env = Env.open(tx, registry, Ports())
    env[Tag].create({"name": "red"})
    with pytest.raises(AccessError):
        env.as_user(USER)[Tag].search()
    with pytest.raises(AccessError):
        env.as_user(USER)[Tag].create({"name": "blue"})


@pytest.mark.parametrize("operation", ["read", "create", "write", "delete"])
def test_each_operation_needs_its_right(system: Env, user: Env, policy: ToyPolicy, operation: str) -> None:
    anna = system[Partner].create({"name": "Anna"})
    policy.operations["toy.partner"].discard(operation)
    mine = user[Partner].browse(anna.id)
    with pytest.raises(AccessError):
        match operation:
            case "read":
                _ = mine.name
            case "create":
                user[Partner].create({"name": "x"})
            case "write":
                mine.name = "x"
            case _:
                mine.delete()


def test_a_rule_holds_for_search_count_group_read_write_and_delete(system: Env, user: Env, policy: ToyPolicy) -> None:
    good, bad = system[Partner].create([{"name": "good", "credit": 1}, {"name": "bad", "credit": -1}])
    policy.rules["toy.partner"] = Partner.credit >= 0
    assert user[Partner].search() == user[Partner].browse(good.id)
    assert user[Partner].count() == 1
    assert [group["count"] for group in user[Partner].group()] == [1]
    assert user[Partner].browse([good.id, bad.id]).exists().ids == (good.id,)
    hidden = user[Partner].browse(bad.id)
    with pytest.raises(MissingError):
        _ = hidden.name
    with pytest.raises(MissingError):
        hidden.read(["name"])
    with pytest.raises(MissingError):
        hidden.name = "x"
    with pytest.raises(MissingError):
        hidden.delete()


def test_a_forbidden_and_a_missing_record_give_the_same_answer(system: Env, user: Env, policy: ToyPolicy) -> None:
    bad = system[Partner].create({"name": "bad", "credit": -1})
    policy.rules["toy.partner"] = Partner.credit >= 0
    texts = set()
    for id in (bad.id, 10**9):
        with pytest.raises(MissingError) as refused:
            user[Partner].browse(id).read(["name"])
        texts.add(refused.value.text.replace(str(id), "#"))
    assert len(texts) == 1


def test_what_the_system_has_loaded_shows_nothing_to_the_user(system: Env, user: Env, policy: ToyPolicy) -> None:
    bad = system[Partner].create({"name": "bad", "credit": -1})
    system.flush()
    assert system[Partner].search().mapped(Partner.name) == ["bad"]
    policy.rules["toy.partner"] = Partner.credit >= 0
    with pytest.raises(MissingError):
        _ = user[Partner].browse(bad.id).name


def test_a_record_must_satisfy_the_rule_after_create_and_after_write(system: Env, user: Env, policy: ToyPolicy) -> None:
    policy.rules["toy.partner"] = Partner.credit >= 0
    with pytest.raises(AccessError, match="create"), user.savepoint():
        user[Partner].create({"name": "x", "credit": -1})
    mine = user[Partner].create({"name": "x"})
    user.flush()
    with pytest.raises(AccessError, match="change"), user.savepoint():
        mine.credit = -2.0
    assert mine.credit == 0.0


def test_a_path_into_another_model_applies_its_rule(system: Env, user: Env, policy: ToyPolicy) -> None:
    good, bad = system[Partner].create([{"name": "good", "credit": 1}, {"name": "bad", "credit": -1}])
    system[Purchase].create([{"reference": "1", "partner": good}, {"reference": "2", "partner": bad}])
    policy.rules["toy.partner"] = Partner.credit >= 0
    everyone = Purchase.partner.has(Partner.name.ilike("a") | Partner.name.ilike("o"))
    assert user[Purchase].search(everyone).mapped(Purchase.reference) == ["1"]
    assert system[Purchase].count(everyone) == 2


def test_a_link_to_an_unreadable_record_reads_as_hidden(system: Env, user: Env, policy: ToyPolicy) -> None:
    bad = system[Partner].create({"name": "bad", "credit": -1})
    system[Purchase].create({"reference": "1", "partner": bad})
    policy.rules["toy.partner"] = Partner.credit >= 0
    (row,) = user[Purchase].search_read(spec=["reference", "partner"])
    assert row["partner"] == {"id": None, "hidden": True}


def test_a_hidden_field_is_not_read_searched_or_written(system: Env, user: Env, policy: ToyPolicy) -> None:
    anna = system[Partner].create({"name": "Anna", "credit": 5})
    system.flush()
    policy.hidden["toy.partner"] = {"credit"}
    mine = user[Partner].browse(anna.id)
    assert mine.name == "Anna"
    with pytest.raises(AccessError):
        _ = mine.credit
    with pytest.raises(AccessError):
        mine.read(["credit"])
    with pytest.raises(AccessError):
        mine.credit = 6.0
    with pytest.raises((AccessError, UnknownFieldError)):
        user[Partner].search(Partner.credit > 1)
    with pytest.raises((AccessError, UnknownFieldError)):
        user[Partner].search(order="credit")


def test_stored_computes_see_what_the_user_may_not(system: Env, user: Env, policy: ToyPolicy) -> None:
    anna = system[LoyalPartner].create({"name": "Anna"})
    system[Purchase].create({"reference": "1", "partner": anna, "amount": 500})
    system.flush()
    policy.rules["toy.purchase"] = Purchase.amount < 100
    user[Purchase].create({"reference": "2", "partner": anna.id, "amount": 50})
    user.flush()
    assert anna.points == 55


def test_lines_written_through_their_parent_need_their_own_right(system: Env, user: Env, policy: ToyPolicy) -> None:
    policy.operations["toy.purchase"].discard("create")
    with pytest.raises(AccessError):
        user[LoyalPartner].create({"name": "x", "purchases": [["create", {"reference": "1"}]]})


def test_who_wrote_is_noted(system: Env, user: Env) -> None:
    anna = user[Partner].create({"name": "Anna"})
    user.invalidate()
    assert (anna.created_by, anna.updated_by) == (USER, USER)
    assert anna.created_at is not None


def test_hooks_on_records_get_the_env_that_wrote_them(tx: Transaction, registry: Registry, policy: ToyPolicy) -> None:
    heard: list[tuple[bool, int | None]] = []

    class Listener(Unheard):
        def listens(self, event: str) -> bool:
            return event == "created"

        def created(self, env: Env, records: Model) -> None:
            heard.append((env.is_system, env.user_id))

    system = Env.open(tx, registry, Ports(policy=policy, record_hooks=Listener()))
    system.as_user(USER)[Tag].create({"name": "red"})
    system.flush()
    assert heard == [(False, USER)]
