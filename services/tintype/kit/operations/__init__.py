"""Work that takes long, leases, sweeps, and the registry in which each process states what it has."""
