"""Contacts and customers as one: the bridge itself, and the customer of a contact who wants an appointment."""

from __future__ import annotations

from typing import Any, Final

from addons.booking.models import Customer
from addons.crm.models import Contact
from addons.crm_booking_bridge.models.link import Contract, FieldState, Link, LogEntry
from addons.sync.engine import Bridge, Rule, Side, normal_email
from kernel.errors import UserError
from kernel.orm import Model

CHOICE: Final = "Decide under Linked customers, Suggestions, which of them it is."


def is_phone(number: str) -> bool:
    """Whether the CRM takes a phone number: it may be empty, else it has three digits."""
    return not number or sum(sign.isdigit() for sign in number) >= 3


def contact_of(customer: Model) -> dict[str, Any]:
    """A new contact's values, for a customer who has none."""
    assert isinstance(customer, Customer)
    phone = customer.phone if is_phone(customer.phone) else ""
    common = {"name": customer.name, "lifecycle": "customer", "owner": None}
    return {**common, "email": customer.email.strip(), **({"phone": phone} if phone else {})}


BRIDGE: Final = Bridge(
    link=Link,
    left=Side(Contact, "contact", phone="phone", accepts={"phone": is_phone}, new=contact_of),
    right=Side(Customer, "customer", phone="phone"),
    log=LogEntry,
    states=FieldState,
    contract=Contract,
    rules=(
        Rule("e-mail", "email", "email", "left"),
        Rule("name", "name", "name", "left"),
        Rule("phone", "phone", "phone", "latest"),
    ),
    owners={"crm": "left", "booking": "right"},
)


def customer_for(contact: Contact) -> Customer:
    """The customer that a contact is: the linked one, else one with the same address, else a new one."""
    customers = contact.env[Customer]
    linked = BRIDGE.partner_of(contact)
    if linked:
        return customers.browse(linked.ids)
    found = _same_address(contact)
    if len(found) > 1:
        raise UserError(f'{len(found)} customers have the e-mail of "{contact.name}".', hint=CHOICE)
    customer = found or customers.create({"name": contact.name, "email": contact.email, "phone": contact.phone})
    BRIDGE.join(contact, customer, "booked")
    return customer


def _same_address(contact: Contact) -> Customer:
    """Customers with the contact's e-mail who are linked to nobody."""
    customers = contact.env[Customer]
    key = normal_email(contact.email)
    if not key:
        return customers
    system = contact.env.as_system("a customer is found by e-mail before a second one is made")[Customer]
    same = system.search(Customer.email_key == key)
    taken = BRIDGE.links_of(same).mapped("customer")
    return customers.browse([customer.id for customer in same if customer not in taken])
