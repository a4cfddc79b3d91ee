"""Two addons whose revisions take turns: each runs in the schema that it was written for, however late the upgrade."""

from __future__ import annotations

from pathlib import Path

from kernel.addons import Library, Runtime
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.db import Cluster, transaction
from tests.addons.points import process
from tests.addons.toys import forget_addons, write_addon

COLUMNS = """
    id bigint NOT NULL DEFAULT nextval('lead.item_id_seq'), created_at timestamptz NOT NULL DEFAULT now(),
    created_by bigint, updated_at timestamptz NOT NULL DEFAULT now(), updated_by bigint, version integer NOT NULL
    DEFAULT 1, price bigint NOT NULL DEFAULT 0, CONSTRAINT item_pkey PRIMARY KEY (id)
"""


def step(id: str, down: str | None, *statements: str, requires: str = "{}") -> str:
    head = f'"""Step {id}."""\nrevision = "{id}"\ndown_revision = {down!r}\nrequires: dict[str, str] = {requires}\n'
    return f"{head}UPGRADE = {tuple(' '.join(each.split()) for each in statements)!r}\n"


LEAD = {
    1: step("l1", None, "CREATE SEQUENCE lead.item_id_seq", f"CREATE TABLE lead.item ({COLUMNS})",
            "ALTER SEQUENCE lead.item_id_seq OWNED BY lead.item.id"),
    2: step("l2", "l1", "ALTER TABLE lead.item ADD COLUMN net bigint NOT NULL DEFAULT 0",
            "UPDATE lead.item SET net = price - 1 WHERE price > 0"),
    3: step("l3", "l2", "ALTER TABLE lead.item DROP COLUMN price"),
}  # fmt: skip
TAIL = {
    1: step("t1", None, "ALTER TABLE lead.item ADD COLUMN gross bigint NOT NULL DEFAULT 0", requires='{"lead": "l1"}'),
    2: step("t2", "t1", "UPDATE lead.item SET gross = price * 100 + net WHERE id > 0", requires='{"lead": "l2"}'),
    3: step("t3", "t2", "UPDATE lead.item SET gross = gross + net WHERE id > 0", requires='{"lead": "l3"}'),
}


def write_turns(root: Path, release: int) -> None:
    """The addons `lead` and `tail` in one of their releases; `tail` adds a column to a table of `lead`."""
    fields = {1: ("price",), 2: ("price", "net"), 3: ("net",)}[release]
    lead = '"""Items."""\n\nfrom kernel.orm import Model, fields\n\n\n'
    lead += 'class Item(Model, name="lead.item"):\n    """An item."""\n\n'
    lead += "".join(f'    {name} = fields.Integer("{name}")\n' for name in fields)
    tail = '"""More."""\n\nfrom addons.lead.models import Item\nfrom kernel.orm import fields\n\n\n'
    tail += 'class More(Item, extend=True):\n    """More."""\n\n    gross = fields.Integer("Gross")\n'
    forget_addons(root)
    for name, models, history, more in (("lead", lead, LEAD, ""), ("tail", tail, TAIL, 'depends = ["lead"]')):
        files = {f"migrations/{number:04d}.py": history[number] for number in range(1, release + 1)}
        write_addon(root, name, {"models/__init__.py": models, **files}, version=f"1.{release}.0", more=more)


def test_each_revision_runs_in_the_schema_that_it_was_written_for(runtime: Runtime, root: Path) -> None:
    write_turns(root, 1)
    tenant = create_tenant(process(runtime, root), "acme", ["tail"])
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        tx.execute("INSERT INTO lead.item (price) VALUES (7)")
    write_turns(root, 3)
    later = process(runtime, root)
    plan = plan_upgrade(later, later.tenant("acme"))
    order = [str(each.revision) for each in plan.schedule]
    assert order == ["lead@l2", "tail@t2", "lead@l3", "tail@t3"]
    execute(later, plan)
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        assert tx.rows("SELECT net, gross FROM lead.item") == [(6, 712)]


def test_their_histories_give_the_schema_of_a_fresh_install(cluster: Cluster, root: Path) -> None:
    write_turns(root, 3)
    assert migration_faults(cluster, Library([root]), "lead") == []
    forget_addons(root)
    assert migration_faults(cluster, Library([root]), "tail") == []
