"""What the service manager is told (systemd: `Type=notify-reload`, or `notify`); nothing where there is none."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress


def ready(status: str) -> None:
    """The server serves; also after a reload, whether it brought a new generation or not."""
    _send(f"READY=1\nSTATUS={status}")


def reloading() -> None:
    """A new generation is about to start."""
    _send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """Requests under way are being finished."""
    _send("STOPPING=1")


def _send(text: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.connect(address)
        line.sendall(text.encode())
