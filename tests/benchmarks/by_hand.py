"""The workloads in hand-written psycopg: what an experienced person would send, and nothing around it.

COPY for many new rows, array literals with a cast instead of Python lists, `unnest` for updates, one
statement wherever one can do it. No rights, no validation, no deferred writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from tests.benchmarks import data
from tests.benchmarks.data import Row, Scale

Connection = psycopg.Connection[tuple[Any, ...]]

SCHEMA = """
CREATE SCHEMA hand;
CREATE TABLE hand.tag (id bigserial PRIMARY KEY, name text NOT NULL);
CREATE TABLE hand.partner (
    id bigserial PRIMARY KEY, name text NOT NULL, ref text NOT NULL, email text NOT NULL, city text NOT NULL,
    is_company bool NOT NULL, credit float8 NOT NULL, birthday date,
    parent_id int8 REFERENCES hand.partner ON DELETE CASCADE, display text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), created_by int8,
    updated_at timestamptz NOT NULL DEFAULT now(), updated_by int8
);
CREATE INDEX ON hand.partner (ref);
CREATE INDEX ON hand.partner (parent_id);
CREATE TABLE hand.partner_tags (
    partner_id int8 NOT NULL REFERENCES hand.partner ON DELETE CASCADE,
    tag_id int8 NOT NULL REFERENCES hand.tag ON DELETE CASCADE,
    PRIMARY KEY (partner_id, tag_id)
);
CREATE INDEX ON hand.partner_tags (tag_id);
"""

DRAW = "SELECT array_agg(nextval('hand.partner_id_seq')) FROM generate_series(1, %s)"
COPY = (
    "COPY hand.partner (id, name, ref, email, city, is_company, credit, birthday, parent_id, display,"
    " created_by, updated_by) FROM STDIN"
)
INSERT = (
    "INSERT INTO hand.partner (name, ref, email, city, is_company, credit, birthday, parent_id, display,"
    " created_by, updated_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
READ = (
    "SELECT t.id, t.name, t.ref, t.email, t.city, t.credit, t.birthday::text, t.parent_id, p.name"
    " FROM hand.partner t LEFT JOIN hand.partner p ON p.id = t.parent_id ORDER BY t.name, t.id"
)
BROWSE = (
    "SELECT t.name, t.city, t.credit, p.name FROM hand.partner t LEFT JOIN hand.partner p ON p.id = t.parent_id"
    " WHERE t.id = ANY(%s::int8[]) ORDER BY t.id"
)
SEARCH = (
    "SELECT t.name, t.ref FROM hand.partner t WHERE t.credit > %s AND EXISTS (SELECT 1 FROM hand.partner p"
    " WHERE p.id = t.parent_id AND p.name ILIKE %s) ORDER BY t.name, t.id LIMIT 80"
)
UPDATE_ALL = "UPDATE hand.partner SET city = %s, updated_at = now(), updated_by = %s WHERE id = ANY(%s::int8[])"
UPDATE_EACH = (
    "UPDATE hand.partner t SET city = v.city, credit = v.credit, updated_at = now(), updated_by = %s"
    " FROM unnest(%s::int8[], %s::text[], %s::float8[]) v(id, city, credit) WHERE t.id = v.id"
)
RENAME = (
    "UPDATE hand.partner t SET name = v.name, display = v.name, updated_at = now(), updated_by = %s"
    " FROM unnest(%s::int8[], %s::text[]) v(id, name) WHERE t.id = v.id"
)
FOLLOW = (
    "UPDATE hand.partner t SET display = p.name || ' / ' || t.name, updated_at = now()"
    " FROM hand.partner p WHERE p.id = t.parent_id AND p.id = ANY(%s::int8[])"
)
GROUP = "SELECT city, count(*), sum(credit) FROM hand.partner GROUP BY city ORDER BY city"
DELETE = "DELETE FROM hand.partner WHERE id = ANY(%s::int8[])"
UNLINK = "DELETE FROM hand.partner_tags WHERE partner_id = ANY(%s::int8[])"
LINK = "INSERT INTO hand.partner_tags (partner_id, tag_id) SELECT * FROM unnest(%s::int8[], %s::int8[])"
TAG_NAMES = (
    "SELECT l.partner_id, t.name FROM hand.partner_tags l JOIN hand.tag t ON t.id = l.tag_id"
    " WHERE l.partner_id = ANY(%s::int8[]) ORDER BY 1, t.id"
)


def array(values: Sequence[Any]) -> str:
    """An array literal of numbers."""
    return "{" + ",".join(map(str, values)) + "}"


def text_array(values: Sequence[str]) -> str:
    """An array literal of texts; these have neither quotes nor backslashes."""
    return '{"' + '","'.join(values) + '"}'


class ByHand:
    """One transaction's work; counts its statements."""

    def __init__(self, connection: Connection, user: int) -> None:
        self.cursor = connection.cursor()
        self.user = user
        self.statements = 0

    def rows(self, query: Any, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        self.statements += 1
        return self.cursor.execute(query, params).fetchall()

    def run(self, query: Any, params: tuple[Any, ...] = ()) -> None:
        self.statements += 1
        self.cursor.execute(query, params)

    def parents(self, ids: list[int]) -> dict[int, str]:
        query = "SELECT id, name FROM hand.partner WHERE id = ANY(%s::int8[])"
        return dict(self.rows(query, (array(ids),)))


def create_batch(by: ByHand, scale: Scale, rows: list[Row]) -> None:
    ids = by.rows(DRAW, (len(rows),))[0][0]
    parents = by.parents(list({row["parent"] for row in rows}))
    by.statements += 1
    with by.cursor.copy(COPY) as copy:
        for id, row in zip(ids, rows, strict=True):
            copy.write_row((id, *_values(row, parents), by.user, by.user))


def create_one(by: ByHand, scale: Scale, rows: list[Row]) -> None:
    parents = by.parents(list({row["parent"] for row in rows}))
    for row in rows:
        by.rows(INSERT, (*_values(row, parents), by.user, by.user))


def _values(row: Row, parents: dict[int, str]) -> tuple[Any, ...]:
    name, parent = row["name"], row["parent"]
    return (
        name, row["ref"], row["email"], row["city"], row["is_company"], row["credit"], row["birthday"],
        parent, f"{parents[parent]} / {name}",
    )  # fmt: skip


def read_all(by: ByHand, scale: Scale, given: None) -> list[Row]:
    return [
        {
            "id": id, "name": name, "ref": ref, "email": email, "city": city, "credit": credit,
            "birthday": birthday, "parent": {"id": parent, "title": title} if parent else None,
        }
        for id, name, ref, email, city, credit, birthday, parent, title in by.rows(READ)
    ]  # fmt: skip


def browse_loop(by: ByHand, scale: Scale, ids: list[int]) -> list[tuple[Any, ...]]:
    found = []
    for name, city, credit, parent in by.rows(BROWSE, (array(ids),)):
        found.append((name, city.upper(), credit, parent or ""))
    return found


def search_domain(by: ByHand, scale: Scale, given: None) -> list[Any]:
    return [by.rows(SEARCH, (float(i), f"%p{i % 100}%")) for i in range(scale.searches)]


def write_batch(by: ByHand, scale: Scale, ids: list[int]) -> None:
    by.run(UPDATE_ALL, ("Porto", by.user, array(ids)))


def write_each(by: ByHand, scale: Scale, values: list[tuple[int, str, float]]) -> None:
    ids, cities, credits = zip(*values, strict=True)
    by.run(UPDATE_EACH, (by.user, array(ids), text_array(cities), array(credits)))


def recompute(by: ByHand, scale: Scale, names: list[tuple[int, str]]) -> None:
    ids = array([id for id, _ in names])
    by.run(RENAME, (by.user, ids, text_array([name for _, name in names])))
    by.run(FOLLOW, (ids,))


def group(by: ByHand, scale: Scale, given: None) -> list[tuple[Any, ...]]:
    return by.rows(GROUP)


def delete(by: ByHand, scale: Scale, ids: list[int]) -> None:
    by.run(DELETE, (array(ids),))


def many2many(by: ByHand, scale: Scale, wanted: list[tuple[int, tuple[int, ...]]]) -> dict[int, list[str]]:
    partners = array([id for id, _ in wanted])
    pairs = [(id, tag) for id, tags in wanted for tag in tags]
    by.run(UNLINK, (partners,))
    by.run(LINK, (array([pair[0] for pair in pairs]), array([pair[1] for pair in pairs])))
    names: dict[int, list[str]] = {id: [] for id, _ in wanted}
    for id, name in by.rows(TAG_NAMES, (partners,)):
        names[id].append(name)
    return names


WORK: dict[str, Callable[[ByHand, Scale, Any], Any]] = {
    "W1": create_batch,
    "W2": create_one,
    "W3": read_all,
    "W4": browse_loop,
    "W4F": browse_loop,
    "W5": search_domain,
    "W6": write_batch,
    "W7": write_each,
    "W8": recompute,
    "W8S": recompute,
    "W9": group,
    "W10": delete,
    "W11": many2many,
}


def load(connection: Connection, schema: str, scale: Scale) -> None:
    """Fill the tables of `hand` or `bench`, which have the same names and columns, and analyse them."""
    columns = "id, name, ref, email, city, is_company, credit, birthday, parent_id, display"
    with connection.cursor().copy(f"COPY {schema}.partner ({columns}) FROM STDIN".encode()) as copy:
        for row in data.partner_rows(scale):
            copy.write_row(row)
    with connection.cursor().copy(f"COPY {schema}.tag (id, name) FROM STDIN".encode()) as copy:
        for i in range(data.TAGS):
            copy.write_row((i + 1, f"tag {i}"))
    for table in ("partner", "tag"):
        last = f"(SELECT max(id) FROM {schema}.{table})"
        connection.execute(f"SELECT setval('{schema}.{table}_id_seq', {last})".encode())
    connection.execute(b"VACUUM ANALYZE")
