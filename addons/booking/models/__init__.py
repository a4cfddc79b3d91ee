"""Models of Booking."""

from addons.booking.models.allocation import Allocation
from addons.booking.models.booking import Booking
from addons.booking.models.customer import Customer
from addons.booking.models.event import BookingEvent
from addons.booking.models.leave import Leave
from addons.booking.models.opening import OpenResource, OpenService
from addons.booking.models.resource import Pool, Resource
from addons.booking.models.schedule import Schedule, ScheduleRule
from addons.booking.models.service import Requirement, Service

__all__ = [
    "Allocation",
    "Booking",
    "BookingEvent",
    "Customer",
    "Leave",
    "OpenResource",
    "OpenService",
    "Pool",
    "Requirement",
    "Resource",
    "Schedule",
    "ScheduleRule",
    "Service",
]
