"""What accounts needs: its stores, the hashing of passwords, the signing of tokens.

Every method of a store may raise a kind of Unavailable besides the errors that it names. A write happens whole
or not at all; of two writers of one revision, one gets RevisionConflict.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from tintype.accounts.domain.audit import AuditEvent
from tintype.accounts.domain.erasure import Erasure
from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.invitations import Invitation
from tintype.accounts.domain.keys import ApiKey
from tintype.accounts.domain.revocations import Revocation
from tintype.accounts.domain.sessions import Session
from tintype.accounts.domain.signing import SigningKey
from tintype.accounts.domain.users import User
from tintype.kit.errors import AlreadyExists, Conflict, NotFound


class UserNotFound(NotFound):
    """No such user."""

    reason = "USER_NOT_FOUND"

    def __init__(self, user_id: str) -> None:
        super().__init__(f"user {user_id} was not found", user_id=user_id)


class UserNameTaken(AlreadyExists):
    """Another user has this name."""

    reason = "USER_NAME_TAKEN"

    def __init__(self) -> None:
        super().__init__("the user name is taken")


class FounderExists(AlreadyExists):
    """There is a first user already."""


class UserExists(AlreadyExists):
    """The id of the user is taken."""


class SessionNotFound(NotFound):
    """No such session, or somebody else's."""

    reason = "SESSION_NOT_FOUND"

    def __init__(self, session_id: str) -> None:
        super().__init__(f"session {session_id} was not found", session_id=session_id)


class ApiKeyNotFound(NotFound):
    """No such key, or somebody else's."""

    reason = "API_KEY_NOT_FOUND"

    def __init__(self, api_key_id: str) -> None:
        super().__init__(f"key {api_key_id} was not found", api_key_id=api_key_id)


class ErasureNotFound(NotFound):
    """No erasure of this user is under way."""


class RecordExists(AlreadyExists):
    """The id of a session, key, invitation, erasure or signing key is taken."""


class RevisionConflict(Conflict):
    """Somebody else changed it in between."""


class UserRepository(Protocol):
    """All users. Names are unique, and so is the founder."""

    async def add(self, user: User) -> None:
        """Raises UserNameTaken; FounderExists if it is a second founder; UserExists."""

    async def replace(self, user: User, *, facts: Sequence[UserDeleted] = ()) -> User:
        """Returns it at its next revision; facts not yet published stay with it.

        Raises: RevisionConflict, UserNotFound.
        """

    async def remove(self, user: User) -> None:
        """Takes its unpublished facts along. Raises RevisionConflict, UserNotFound."""

    async def load(self, user_id: str) -> User:
        """Raises UserNotFound."""

    async def find_by_name(self, user_name: str) -> User | None:
        """The user of a normal user name."""

    async def find_by_pseudonyms(self, pseudonyms: Sequence[str]) -> list[User]:
        """Those that exist, in no order."""

    async def page(self, *, after: str, limit: int) -> list[User]:
        """By user name, those after the name `after`."""

    async def count(self) -> int:
        """All users, whatever their state."""

    async def count_administrators(self) -> int:
        """Active administrators."""

    async def user_ids(self) -> list[str]:
        """All of them, sorted."""


class SessionRepository(Protocol):
    """Sessions in force, and those that expired a short while ago."""

    async def add(self, session: Session) -> None:
        """Raises RecordExists."""

    async def replace(self, session: Session) -> Session:
        """Returns it at its next revision. Raises RevisionConflict, SessionNotFound."""

    async def remove(self, *, user_id: str, session_id: str) -> bool:
        """Whatever its revision: ending a session wins over refreshing it. False if it is gone."""

    async def load(self, *, user_id: str, session_id: str) -> Session:
        """Raises SessionNotFound."""

    async def of_user(self, user_id: str, *, limit: int) -> list[Session]:
        """Newest first, ties by id."""

    async def count_of_user(self, user_id: str) -> int:
        """How many `of_user` would give without a limit."""

    async def remove_of_user(self, user_id: str) -> int:
        """All of them, whatever their revision; returns how many."""

    async def remove_expired(self, *, before: datetime) -> int:
        """Those that expired before then; returns how many."""


class ApiKeyRepository(Protocol):
    """API keys. One that is gone was revoked."""

    async def add(self, key: ApiKey) -> None:
        """Raises RecordExists."""

    async def replace(self, key: ApiKey) -> ApiKey:
        """Returns it at its next revision. Raises RevisionConflict, ApiKeyNotFound."""

    async def remove(self, *, user_id: str, api_key_id: str) -> bool:
        """Whatever its revision. False if it is gone, or somebody else's."""

    async def find_by_hash(self, secret_hash: str) -> ApiKey | None:
        """Whoever has the hash has the secret, so this asks for no owner."""

    async def of_user(self, user_id: str, *, limit: int) -> list[ApiKey]:
        """Newest first, ties by id."""

    async def count_of_user(self, user_id: str) -> int:
        """How many `of_user` would give without a limit."""

    async def remove_of_user(self, user_id: str) -> int:
        """All of them, whatever their revision; returns how many."""


class InvitationRepository(Protocol):
    """Invitations that nobody used yet."""

    async def add(self, invitation: Invitation) -> None:
        """Raises RecordExists."""

    async def find(self, invitation_id: str) -> Invitation | None:
        """The id is the hash of the code."""

    async def remove(self, invitation_id: str) -> None:
        """Nothing happens if it is gone."""

    async def remove_expired(self, *, before: datetime) -> int:
        """Those that expired before then; returns how many."""


class ErasureRepository(Protocol):
    """Erasures under way, one for a user at most."""

    async def add(self, erasure: Erasure) -> None:
        """Raises RecordExists."""

    async def replace(self, erasure: Erasure) -> Erasure:
        """Returns it at its next revision. Raises RevisionConflict, ErasureNotFound."""

    async def find(self, user_id: str) -> Erasure | None:
        """The erasure of a user."""

    async def remove(self, user_id: str) -> None:
        """Nothing happens if it is gone."""


class RevocationLog(Protocol):
    """What was revoked, in the order of a sequence that never goes back, not even when old entries are dropped."""

    async def append(self, revocations: Sequence[Revocation]) -> list[Revocation]:
        """Returns them with their sequences. Whoever sees one of these has seen all before it."""

    async def after(self, sequence: int) -> tuple[list[Revocation], int]:
        """What came after `sequence`, in order, and the last sequence that was ever given; 0 before the first."""

    async def drop(self, *, before: datetime) -> int:
        """Forget entries older than that; returns how many."""


class AuditLog(Protocol):
    """Events in a hash chain, each behind the one before; nothing changes or removes one."""

    async def append(self, event: AuditEvent) -> AuditEvent:
        """Returns it with its sequence and hash, durable."""

    async def newest(self, *, before: int, limit: int, actor: str = "") -> list[AuditEvent]:
        """Newest first, those with a sequence below `before` (0: all); of one actor if it is not empty."""

    async def oldest(self, *, after: int, limit: int) -> list[AuditEvent]:
        """In order of their sequence, to verify the chain by."""


class AttemptLog(Protocol):
    """Attempts of a while, counted by key."""

    async def begin(self, key: str, *, now: datetime, window: timedelta, limit: int) -> datetime | None:
        """Count one, unless as many as the limit lie within the window: then return the first of them."""

    async def take_back(self, key: str) -> None:
        """The last one that was counted; nothing happens if there is none."""

    async def forget(self, key: str) -> None:
        """All of them."""

    async def count(self, key: str, *, since: datetime) -> int:
        """Those that came later than `since`, if not even older ones are forgotten."""


class SigningKeyRepository(Protocol):
    """The keys that sign access tokens; few."""

    async def add(self, key: SigningKey) -> None:
        """Raises RecordExists."""

    async def all(self) -> list[SigningKey]:
        """In no order."""

    async def remove(self, key_id: str) -> None:
        """Nothing happens if it is gone."""


class SigningKeyMaker(Protocol):
    """Makes Ed25519 keys."""

    def make(self, *, key_id: str, now: datetime) -> SigningKey:
        """A key from 32 random bytes."""


class TokenIssuer(Protocol):
    """Signs access tokens."""

    def issue(self, key: SigningKey, *, user: User, session_id: str) -> tuple[str, datetime]:
        """An EdDSA-signed JWT for a session, which names the user, the role and the session; and when it expires."""


class PasswordHasher(Protocol):
    """Slow hashes with salt. Calls wait for their turn, so that a rush of sign-ins cannot take the memory."""

    async def hash(self, password: str) -> str:
        """A string that holds algorithm, settings, salt and hash."""

    async def verify(self, password_hash: str, password: str) -> bool:
        """Takes as long for a wrong password, and for an empty hash (no user), which no password fits."""

    def outdated(self, password_hash: str) -> bool:
        """Whether it was made with weaker settings than those of now."""


class CommonPasswords(Protocol):
    """The passwords that are guessed first."""

    async def contains(self, password: str) -> bool:
        """Whether it is among the 3,000 most common ones of at least eight characters; compared as it is given."""


class RevocationSink(Protocol):
    """Acts on a revocation in this process at once; the others learn of it by the log."""

    def let_go(self) -> None:
        """Let the call under way come to its end, whatever is revoked; called before the log is written."""

    def revoked(self, revocation: Revocation) -> None:
        """From now on every call with it is refused, and open streams end."""
