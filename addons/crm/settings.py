"""What a tenant may tune in the CRM."""

from __future__ import annotations

from kernel.orm import Settings


class CrmSettings(Settings, addon="crm"):
    """How the CRM behaves.

    `country_prefix` is put before phone numbers that begin with one zero, for example "+44"; empty leaves
    them as they are. `close_days` is when the deal of a converted lead is expected to close.
    """

    country_prefix: str = ""
    close_days: int = 45
