"""Every workload, very small: all systems come to the same rows and answers, the ORM in few statements."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel.db import Cluster
from tests.benchmarks.data import Scale
from tests.benchmarks.runs import Bench
from tests.benchmarks.systems import own_systems, peers
from tests.benchmarks.workloads import WORKLOADS, Workload

TINY = Scale(parents=10, children=60, singles=5, searches=3, each=20, deleted=30, linked=55, rounds=1)

MOST = {
    "W1": 4, "W2": 5, "W3": 1, "W4": 2, "W4F": 2, "W5": 3, "W6": 2, "W7": 2, "W8": 6, "W8S": 5, "W9": 1, "W10": 3,
    "W11": 5,
}  # fmt: skip
"""Statements of a normal user; the check of the rule is one of them."""


@pytest.fixture(scope="module")
def bench(cluster: Cluster) -> Iterator[Bench]:
    with Bench(cluster, TINY, (*own_systems(), *peers())).open() as opened:
        yield opened


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_all_systems_do_the_same_work_in_few_statements(bench: Bench, workload: Workload) -> None:
    results = bench.compare(workload)  # raises where answers or rows differ
    assert {"by hand", "user", "system"} <= set(results)
    assert results["user"].statements <= MOST[workload.name]
