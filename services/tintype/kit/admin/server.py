"""Wires operations, sweeps, the registry and their RPCs: every process has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from tintype.kit.admin.handlers import AdminHandlers
from tintype.kit.admin.service import Administration
from tintype.kit.app import App, Host
from tintype.kit.clock import Clock
from tintype.kit.ids import RandomIds
from tintype.kit.operations.connect import OperationStores
from tintype.kit.operations.domain import ConsumerStatus
from tintype.kit.operations.handlers import OperationHandlers
from tintype.kit.operations.leases import Leases
from tintype.kit.operations.registry import Registry
from tintype.kit.operations.runner import OperationRunner
from tintype.kit.operations.sweeps import Sweeper
from tintype.v1.admin_service_pb2_grpc import add_AdminServiceServicer_to_server
from tintype.v1.operation_pb2_grpc import add_OperationServiceServicer_to_server

FORGET_OPERATIONS: Final = "operations"


def administration(apps: Sequence[App], stores: OperationStores, host: Host, clock: Clock) -> App:
    """OperationService and AdminService for what the services of this process offer."""
    ids = RandomIds()
    runner = OperationRunner(stores.operations, clock, ids)
    host.operations.listen(runner.wake)
    sweeper = _sweeper(apps, stores, host, clock)
    for app in apps:
        for operated in app.operations:
            runner.register(operated.kind, operated.work, subject=operated.subject)
    sweeper.serve(runner)
    registry = _registry(apps, stores, sweeper, clock)
    statistics = [count for app in apps for count in app.statistics_of]
    if host.settings.services:  # or else nobody but this process would read what it counts
        for count in statistics:
            registry.add_statistics(count)
    streams = [app.stream for app in apps if app.stream is not None]
    service = Administration(
        registry=registry,
        records=stores.registry,
        operations=host.operations,
        queues=streams[0] if streams else None,
        statistics=statistics,
        ids=ids,
    )
    admin = App("kit")
    admin.serve(add_OperationServiceServicer_to_server, OperationHandlers(host.operations))
    admin.serve(add_AdminServiceServicer_to_server, AdminHandlers(service, clock))
    admin.background("operations", runner.run)
    admin.background("sweeps", sweeper.run)
    admin.background("registry", registry.run)
    return admin


def _sweeper(apps: Sequence[App], stores: OperationStores, host: Host, clock: Clock) -> Sweeper:
    sweeper = Sweeper(Leases(stores.leases, clock, RandomIds()), stores.registry, clock)
    for app in apps:
        for sweep in app.sweeps:
            sweeper.register(sweep.name, title=sweep.purpose, period=sweep.every, run=sweep.run)
    sweeper.register(
        FORGET_OPERATIONS,
        title="operations that ended more than 30 days ago",
        period=timedelta(days=1),
        run=host.operations.forget_ended,
    )
    return sweeper


def _registry(apps: Sequence[App], stores: OperationStores, sweeper: Sweeper, clock: Clock) -> Registry:
    services = [app.name for app in apps]
    registry = Registry(stores.registry, clock, process_id=RandomIds().new(), services=services)
    registry.add_sweeps(lambda: sweeper.definitions)
    for app in apps:
        for name, check in app.checks:
            registry.add_check(app.name, name, check)
        for models in app.models_of:
            registry.add_models(models)
        for consumers in app.consumers_of:
            registry.add_consumers(consumers)
        if app.subscriptions:
            registry.add_consumers(partial(_consumer, app))
    return registry


def _consumer(app: App) -> tuple[ConsumerStatus, ...]:
    return (ConsumerStatus(app.name, app.consume.blocked_by if app.consume is not None else ""),)
