"""Takes from a process what a decoder does not need. Runs in the child, before it sees a byte of a picture.

Each measure is tried by itself and named if it holds, for not every system has every one. Linux gives all of them;
the resource limits hold on every Unix.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from typing import Final

_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446  # the same numbers on every architecture
_LANDLOCK_VERSION: Final = 1  # flag: ask for the version only
_CONNECT_AND_BIND: Final = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 0b11


def leave_network() -> list[str]:
    """Move into an empty network namespace. Has to come before anything starts a thread."""
    if sys.platform != "linux":
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    # root needs no user namespace of its own, and some systems forbid making one
    for flags in (_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC, _CLONE_NEWNET | _CLONE_NEWIPC):
        if libc.unshare(flags) == 0:
            return ["no network"]
    return []


def limit_resources(*, memory_bytes: int, files: int) -> list[str]:
    """Bound memory and descriptors, forbid core dumps and writing files. CPU time is bounded for each picture."""
    limits = {
        resource.RLIMIT_AS: 2 * memory_bytes,  # at most; for each picture see limit_memory
        resource.RLIMIT_NOFILE: files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for kind, value in limits.items():
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))
    return ["memory limit", "descriptor limit", "no files written", "no core dumps"]


def limit_memory(memory_bytes: int, *, file_bytes: int) -> None:
    """Bound the address space for the next picture; the map of its file counts in it and is no memory of its own."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (min(memory_bytes + file_bytes, hard), hard))


def limit_cpu(seconds: int) -> None:
    """Allow this much CPU time from now on; the system ends the process where it takes more."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + 1 + seconds, hard))


def close_file_system() -> list[str]:
    """Landlock: from here on no file can be opened, no TCP connection made, no other process signalled."""
    if sys.platform != "linux":
        return []
    libc = ctypes.CDLL(None, use_errno=True)
    protections = []
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        protections.append("no new privileges")
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0:
        protections.append("not traceable")
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION)
    if version < 1:
        return protections
    rules = _landlock_rules(version)
    descriptor = libc.syscall(_LANDLOCK_CREATE, rules, len(rules), 0)
    if descriptor >= 0:
        if libc.syscall(_LANDLOCK_RESTRICT, descriptor, 0) == 0:
            protections.append("no file system")
        os.close(descriptor)
    return protections


def _landlock_rules(version: int) -> bytes:
    """Everything that this version can forbid, and nothing allowed: the struct grew with the versions."""
    actions = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    rules = [(1 << actions) - 1]
    if version >= 4:
        rules.append(_CONNECT_AND_BIND)
    if version >= 6:
        rules.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    return struct.pack(f"={len(rules)}Q", *rules)
