"""What a tenant may tune in the CRM."""

from __future__ import annotations

from kernel.addons import Settings, setting


class CrmSettings(Settings, addon="crm"):
    """How the CRM behaves."""

    country_prefix: str = setting(
        "",
        "Country prefix of phone numbers",
        help="Put before numbers that begin with one zero, for example +44. Empty: they stay as they are.",
        per_company=True,
    )
    close_days: int = setting(45, "Days until a converted lead's deal is expected to close")
