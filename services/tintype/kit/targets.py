"""Addresses of a service in the words of gRPC."""

from __future__ import annotations

import ipaddress


def target_of(addresses: str) -> str:
    """One address as it is: a name may have many. Of several, separated by commas, each gets its share of the calls.

    Raises ValueError unless several are IP addresses of one version, each with its port.
    """
    several = addresses.split(",")
    if len(several) == 1:
        return addresses
    versions = {_version(each) for each in several}
    if len(versions) != 1 or 0 in versions:
        raise ValueError(
            f"{addresses}: several addresses of a service are IP addresses of one version, as 10.0.0.2:7460; "
            "a name in the DNS may have several by itself"
        )
    return f"ipv{versions.pop()}:{addresses}"


def _version(address: str) -> int:
    """0 of what is no IP address with a port."""
    host, _, port = address.rpartition(":")
    try:
        return ipaddress.ip_address(host.strip("[]")).version if port.isdigit() else 0
    except ValueError:
        return 0
