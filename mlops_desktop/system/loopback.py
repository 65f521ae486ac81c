"""A listening socket that only processes of this machine reach, and that no other process can take over."""

from __future__ import annotations

import socket
from typing import Final

from mlops_desktop.system.platforms import HERE, Platform

LOOPBACK: Final = "127.0.0.1"
_EXCLUSIVE: Final = -5  # SO_EXCLUSIVEADDRUSE of Windows: ~SO_REUSEADDR


def socket_option(platform: Platform) -> int:
    """The option of level SOL_SOCKET that is set before the bind.

    On Windows SO_REUSEADDR would let another process listen on the same port, and its own option keeps it off;
    elsewhere SO_REUSEADDR only skips the wait for old connections.
    """
    return _EXCLUSIVE if platform.is_windows else socket.SO_REUSEADDR


def listen_on_loopback(backlog: int = 128, platform: Platform = HERE) -> socket.socket:
    """A socket that listens on a free port of loopback."""
    # With its protocol named: asyncio sends without delay only what says it is TCP, and else an answer of two packets
    # waits 40 ms for the other side's acknowledgement.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket_option(platform), 1)
        listening.bind((LOOPBACK, 0))
        listening.listen(backlog)
    except BaseException:
        listening.close()
        raise
    return listening
