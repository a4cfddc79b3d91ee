"""PostgreSQL: the cluster, the tenants' directory, one pool, transactions and retries."""

from kernel.db.cluster import Cluster
from kernel.db.control import Control, TenantRow
from kernel.db.pool import Pool
from kernel.db.transaction import Transaction, retrying, transaction

__all__ = ["Cluster", "Control", "Pool", "TenantRow", "Transaction", "retrying", "transaction"]
