"""The bound of H1: Werkzeug and psycopg answer with the rows of the list page, and do nothing else.

`python -m tests.benchmarks.bare PORT WORKERS`, with the database in BENCH_DSN. The same server, the same
pool of threads, the same query, the same JSON; no session, no rights, no tenant, no ORM.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

import orjson
import psycopg
from werkzeug.wrappers import Request, Response

from kernel.config import Settings
from kernel.http.server import Server

ROWS = (
    "SELECT o.id, o.version, o.name, o.amount::text, o.close_date::text, o.probability, o.competitor, a.id, a.name"
    " FROM crm.opportunity o LEFT JOIN crm.account a ON a.id = o.account_id"
    " WHERE NOT o.archived AND (o.owner_id = %s OR o.owner_id IS NULL) ORDER BY o.name, o.id LIMIT %s"
)
COUNT = "SELECT count(*) FROM crm.opportunity o WHERE NOT o.archived AND (o.owner_id = %s OR o.owner_id IS NULL)"


class Bare:
    """The application; a connection per thread that is busy at once."""

    def __init__(self, dsn: str, user: int) -> None:
        self.dsn = dsn
        self.user = user
        self.idle: list[psycopg.Connection[Any]] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        if request.path == "/health/live":
            return Response("alive")(environ, start_response)
        asked = orjson.loads(request.get_data())
        connection = self.idle.pop() if self.idle else psycopg.connect(self.dsn, autocommit=True)
        with connection.transaction():
            rows = connection.execute(ROWS, (self.user, asked["limit"])).fetchall()
            total = connection.execute(COUNT, (self.user,)).fetchall()[0][0]
        self.idle.append(connection)
        records = [
            {
                "id": id, "version": version, "name": name, "amount": amount, "close_date": day,
                "probability": probability, "competitor": competitor,
                "account": {"id": account, "title": title} if account else None,
            }
            for id, version, name, amount, day, probability, competitor, account, title in rows
        ]  # fmt: skip
        answer = orjson.dumps({"result": {"records": records, "total": total}})
        return Response(answer, content_type="application/json")(environ, start_response)


def main() -> None:
    """Serve until told to stop."""
    port, workers = int(sys.argv[1]), int(sys.argv[2])
    dsn, user = os.environ["BENCH_DSN"], int(os.environ["BENCH_USER"])
    with socket.create_server(("127.0.0.1", port), backlog=512) as front:
        front.set_inheritable(True)
        Server(Settings(port=port, workers=workers), lambda: Bare(dsn, user), [front.fileno()]).run()


if __name__ == "__main__":
    main()
