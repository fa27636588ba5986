"""How far a call may go: its times, its sizes and the addresses it may reach."""

from __future__ import annotations

from dataclasses import dataclass

from integration import __version__

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRules:
    """The bounds of every call over one connection. Times in seconds, sizes in bytes.

    `total_timeout` covers a whole request with its repeats. `max_streamed` bounds an
    answer that is taken row by row, on the line and unpacked. `ports` are those a
    public address may be asked on; `networks` are private ranges ("10.1.0.0/16") an
    installation opens for systems of its own; a loopback address may use any port
    where `allow_loopback` is on, and is then the only one plain http is good for,
    unless `allow_http`. `ca_file` names the authority that signed a private system's
    certificate; checking certificates cannot be switched off.
    """

    connect_timeout: float = 5
    read_timeout: float = 30
    total_timeout: float = 45
    max_bytes: int = 20 * MEGABYTE
    max_expanded: int = 100 * MEGABYTE
    max_streamed: int = 2_000 * MEGABYTE
    max_ratio: int = 100
    max_depth: int = 64
    max_nodes: int = 1_000_000
    max_digits: int = 40
    user_agent: str = f"Weft/{__version__}"
    allow_loopback: bool = False
    allow_http: bool = False
    ports: tuple[int, ...] = (80, 443)
    networks: tuple[str, ...] = ()
    ca_file: str = ""
