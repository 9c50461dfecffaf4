"""Where webhooks and their calls are kept, and what makes the calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tintype.catalog.domain.webhook import Attempt, Delivery, Webhook
from tintype.catalog.ports.photo import PageKey
from tintype.kit.errors import AlreadyExists, Conflict, InvalidInput, NotFound, Unavailable


class WebhookNotFound(NotFound):
    """No such webhook, or somebody else's: a caller cannot tell which."""

    reason = "WEBHOOK_NOT_FOUND"

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"webhook {webhook_id} was not found", webhook_id=webhook_id)


class WebhookExists(AlreadyExists):
    """A webhook with this id is there."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"webhook {webhook_id} exists", webhook_id=webhook_id)


class WebhookConflict(Conflict):
    """Somebody else changed the webhook in between."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"webhook {webhook_id} was changed in between", webhook_id=webhook_id)


class DeliveryExists(AlreadyExists):
    """This event calls this webhook already."""

    def __init__(self, delivery_id: str) -> None:
        super().__init__("this event calls this webhook already")


class DeliveryTaken(Conflict):
    """Another process makes this call, or made it."""

    def __init__(self, delivery_id: str) -> None:
        super().__init__("another process makes this call")


class WebhookUrlRefused(InvalidInput):
    """The address is not allowed: no https, or not on the open internet."""

    reason = "WEBHOOK_URL_REFUSED"

    def __init__(self, why: str) -> None:
        super().__init__(f"the address is refused: {why}", fields={"url": why})


class SendFailed(Unavailable):
    """No answer came."""


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Attempts in order. `after` asks for what follows, None on the last page."""

    attempts: Sequence[Attempt]
    after: PageKey | None


class WebhookRepository(Protocol):
    """The webhooks of all owners; to one owner, another's do not exist."""

    async def add(self, webhook: Webhook) -> None:
        """Store a new one. Raises WebhookExists if its id is taken; of two at once, one wins."""

    async def replace(self, webhook: Webhook) -> Webhook:
        """Returns it at its next revision. Raises WebhookConflict unless the stored one is its own; WebhookNotFound."""

    async def remove(self, webhook: Webhook) -> None:
        """Take it away. Raises WebhookNotFound, WebhookConflict."""

    async def load(self, *, owner_id: str, webhook_id: str) -> Webhook:
        """Raises WebhookNotFound."""

    async def of_owner(self, owner_id: str) -> list[Webhook]:
        """All of an owner, oldest first."""

    async def remove_owner(self, owner_id: str) -> int:
        """Take away everything of an owner; returns how many there were."""

    async def count_owner(self, owner_id: str) -> int:
        """How many there are of an owner."""


class DeliveryRepository(Protocol):
    """The calls that are still to be made, and the log of those that were."""

    async def add(self, delivery: Delivery) -> None:
        """Store a new one. Raises DeliveryExists."""

    async def replace(self, delivery: Delivery) -> Delivery:
        """Returns it at its next revision. Raises DeliveryTaken unless the stored revision is its own."""

    async def remove(self, delivery: Delivery) -> None:
        """Take it away. Raises DeliveryTaken unless the stored revision is its own."""

    async def due_webhooks(self, *, until: datetime, limit: int) -> list[tuple[str, str]]:
        """Owner and id of webhooks with a call due at `until` or earlier."""

    async def due(self, *, owner_id: str, webhook_id: str, until: datetime, limit: int) -> list[Delivery]:
        """The calls of a webhook that are due at `until` or earlier, longest due first."""

    async def count_waiting(self, *, owner_id: str, webhook_id: str) -> int:
        """How many calls of a webhook are still to be made."""

    async def remove_webhook(self, *, owner_id: str, webhook_id: str, log: bool) -> None:
        """Take away the calls of a webhook, and its log too if `log`."""

    async def add_attempt(self, attempt: Attempt) -> None:
        """Write a line of the log."""

    async def page_attempts(self, *, owner_id: str, webhook_id: str, limit: int, after: PageKey = ()) -> AttemptPage:
        """The log of a webhook, newest first, ties by id."""

    async def remove_attempts(self, *, until: datetime) -> int:
        """Take away the lines written at `until` or earlier; returns how many."""

    async def remove_owner(self, owner_id: str) -> int:
        """Take away everything of an owner, log included; returns how many there were."""

    async def count_owner(self, owner_id: str) -> int:
        """How many calls and lines of the log there are of an owner."""


class WebhookSender(Protocol):
    """Calls addresses that owners chose, and none that they should not reach through us."""

    async def check(self, url: str) -> None:
        """Raises WebhookUrlRefused if the address is not allowed. A name that nobody knows (yet) is let through."""

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> int:
        """Returns the HTTP status of the answer; follows no redirect. Raises SendFailed, WebhookUrlRefused."""
