"""Proxies in front of the pages: whom to believe when it says who asks, and how.

A proxy that ends TLS says in `X-Forwarded-Proto` that the browser came by HTTPS, and in
`X-Forwarded-For` from which address. Anybody can write these headers, so they are taken from the
proxies that GALLEY_PROXIES names and from nobody else; what another sends is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from galleyproof.marc.errors import Wrong

Network = IPv4Network | IPv6Network
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

FORWARDED = re.compile(r"HTTP_(X_FORWARDED_.*|FORWARDED|X_REAL_IP)")
WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+")
MOST_HOPS = 20


def networks(text: str) -> list[Network]:
    """The addresses and networks of a setting, `127.0.0.1, 10.2.0.0/16`. Raises Wrong."""
    found = []
    for one in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ip_network(one))
        except ValueError:
            raise Wrong(
                f"GALLEY_PROXIES has “{one}”, which is neither an address nor a network; "
                "expected such as 127.0.0.1 or 10.2.0.0/16, with commas between several"
            ) from None
    return found


def behind(application: Application, proxies: Sequence[Network]) -> Application:
    """The application as it sees its callers through these proxies: REMOTE_ADDR is the address
    that the outermost of them saw, and wsgi.url_scheme how the browser asked."""

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        said = {name: environ.pop(name) for name in list(environ) if FORWARDED.fullmatch(name)}
        near = plain_address(str(environ.get("REMOTE_ADDR", "")))
        if is_one_of(near, proxies):
            how = said.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if how in ("http", "https"):
                environ["wsgi.url_scheme"] = how
            environ["REMOTE_ADDR"] = caller(near, said.get("HTTP_X_FORWARDED_FOR", ""), proxies)
        return application(environ, start)

    return answer


def caller(near: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The address of who asks. forwarded: addresses, each added by the proxy that it came to, so
    that the last one is known and those before the first stranger are only said."""
    for hop in reversed(forwarded.split(",")[-MOST_HOPS:]):
        address = plain_address(hop.strip())
        if not address:
            break
        near = address
        if not is_one_of(near, proxies):
            break
    return near


def plain_address(text: str) -> str:
    """An address without its port, of IPv4 written as IPv6 the IPv4; "" where it is none."""
    if found := WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def is_one_of(address: str, proxies: Sequence[Network]) -> bool:
    return bool(address) and any(ip_address(address) in network for network in proxies)
