"""The workloads with the ORM of SQLAlchemy 2.1, as its documentation teaches them: a session, eager loads.

On the same tables as the hand-written code. `display` is kept by the code that writes, as SQLAlchemy has no
computed fields; audit columns are filled by the models.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Column, ForeignKey, Table, create_engine, delete, event, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.pool import StaticPool

from tests.benchmarks.data import Row, Scale
from tests.benchmarks.models import USER


class Base(DeclarativeBase):
    """The tables of the hand-written code."""

    type_annotation_map = {int: BigInteger}


partner_tags = Table(
    "partner_tags",
    Base.metadata,
    Column("partner_id", BigInteger, ForeignKey("hand.partner.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", BigInteger, ForeignKey("hand.tag.id", ondelete="CASCADE"), primary_key=True),
    schema="hand",
)


class Tag(Base):
    """A label."""

    __tablename__ = "tag"
    __table_args__ = {"schema": "hand"}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Partner(Base):
    """A person or a company, perhaps below another one."""

    __tablename__ = "partner"
    __table_args__ = {"schema": "hand"}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    ref: Mapped[str]
    email: Mapped[str]
    city: Mapped[str]
    is_company: Mapped[bool]
    credit: Mapped[float]
    birthday: Mapped[dt.date | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("hand.partner.id", ondelete="CASCADE"))
    display: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(default=USER)
    updated_by: Mapped[int | None] = mapped_column(default=USER, onupdate=USER)
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    parent: Mapped[Partner | None] = relationship(remote_side=[id])
    tags: Mapped[list[Tag]] = relationship(secondary=partner_tags, order_by=Tag.id)

    @property
    def city_upper(self) -> str:
        """Computed, not stored."""
        return self.city.upper()


class Work:
    """A session on one open connection; counts its statements."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.statements = 0
        self.engine = create_engine("postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool)
        event.listen(self.engine, "after_cursor_execute", self._count)
        self.session = Session(self.engine)

    def _count(self, *_: Any) -> None:
        self.statements += 1


def _new(row: Row, parents: dict[int, Partner]) -> Partner:
    parent = parents[row["parent"]]
    values = {name: value for name, value in row.items() if name != "parent"}
    return Partner(**values, parent=parent, display=f"{parent.name} / {row['name']}")


def _partners(session: Session, ids: Sequence[int], *options: Any) -> Sequence[Partner]:
    found = {
        partner.id: partner for partner in session.scalars(select(Partner).where(Partner.id.in_(ids)).options(*options))
    }
    return [found[id] for id in ids]


def create_batch(work: Work, scale: Scale, rows: list[Row]) -> None:
    ids = list({row["parent"] for row in rows})
    parents = dict(zip(ids, _partners(work.session, ids), strict=True))
    work.session.add_all([_new(row, parents) for row in rows])


def create_one(work: Work, scale: Scale, rows: list[Row]) -> None:
    ids = list({row["parent"] for row in rows})
    parents = dict(zip(ids, _partners(work.session, ids), strict=True))
    for row in rows:
        work.session.add(_new(row, parents))
        work.session.flush()


def read_all(work: Work, scale: Scale, given: None) -> list[Row]:
    chosen = select(Partner).options(joinedload(Partner.parent)).order_by(Partner.name, Partner.id)
    return [
        {
            "id": partner.id, "name": partner.name, "ref": partner.ref, "email": partner.email,
            "city": partner.city, "credit": partner.credit,
            "birthday": partner.birthday.isoformat() if partner.birthday else None,
            "parent": {"id": partner.parent.id, "title": partner.parent.name} if partner.parent else None,
        }
        for partner in work.session.scalars(chosen)
    ]  # fmt: skip


def browse_loop(work: Work, scale: Scale, ids: list[int]) -> list[tuple[Any, ...]]:
    chosen = select(Partner).where(Partner.id.in_(ids)).options(joinedload(Partner.parent)).order_by(Partner.id)
    found = []
    for partner in work.session.scalars(chosen):
        parent = partner.parent
        found.append((partner.name, partner.city_upper, partner.credit, parent.name if parent else ""))
    return found


def search_domain(work: Work, scale: Scale, given: None) -> list[Any]:
    found = []
    for i in range(scale.searches):
        chosen = (
            select(Partner)
            .where(Partner.parent.has(Partner.name.ilike(f"%p{i % 100}%")), Partner.credit > float(i))
            .order_by(Partner.name, Partner.id)
            .limit(80)
        )
        found.append([(partner.name, partner.ref) for partner in work.session.scalars(chosen)])
    return found


def write_batch(work: Work, scale: Scale, ids: list[int]) -> None:
    work.session.execute(
        update(Partner).where(Partner.id.in_(ids)).values(city="Porto"),
        execution_options={"synchronize_session": False},
    )


def write_each(work: Work, scale: Scale, values: list[tuple[int, str, float]]) -> None:
    partners = _partners(work.session, [id for id, _, _ in values])
    for partner, (_, city, credit) in zip(partners, values, strict=True):
        partner.city = city
        partner.credit = credit


def recompute(work: Work, scale: Scale, names: list[tuple[int, str]]) -> None:
    parents = _partners(work.session, [id for id, _ in names])
    for parent, (_, name) in zip(parents, names, strict=True):
        parent.name = parent.display = name
    below = select(Partner).where(Partner.parent_id.in_([id for id, _ in names])).options(joinedload(Partner.parent))
    for partner in work.session.scalars(below):
        if partner.parent is not None:
            partner.display = f"{partner.parent.name} / {partner.name}"


def group(work: Work, scale: Scale, given: None) -> list[tuple[Any, ...]]:
    chosen = select(Partner.city, func.count(), func.sum(Partner.credit)).group_by(Partner.city).order_by(Partner.city)
    return [tuple(row) for row in work.session.execute(chosen)]


def delete_many(work: Work, scale: Scale, ids: list[int]) -> None:
    work.session.execute(delete(Partner).where(Partner.id.in_(ids)), execution_options={"synchronize_session": False})


def many2many(work: Work, scale: Scale, wanted: list[tuple[int, tuple[int, ...]]]) -> dict[int, list[str]]:
    tags = {tag.id: tag for tag in work.session.scalars(select(Tag))}
    partners = _partners(work.session, [id for id, _ in wanted], selectinload(Partner.tags))
    for partner, (_, chosen) in zip(partners, wanted, strict=True):
        partner.tags = [tags[id] for id in chosen]
    work.session.flush()
    work.session.expire_all()
    again = _partners(work.session, [id for id, _ in wanted], selectinload(Partner.tags))
    return {partner.id: [tag.name for tag in partner.tags] for partner in again}


WORK: dict[str, Callable[[Work, Scale, Any], Any]] = {
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
    "W10": delete_many,
    "W11": many2many,
}
