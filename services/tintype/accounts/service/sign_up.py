"""Making an account."""

from __future__ import annotations

from tintype.accounts.domain.audit import Action
from tintype.accounts.domain.secrets import secret_hash
from tintype.accounts.domain.sessions import Tokens
from tintype.accounts.domain.users import Role, SignUpMode, User, UserState, normal_user_name
from tintype.accounts.ports import InvitationRepository, UserNameTaken, UserRepository
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.passwords import Passwords
from tintype.accounts.service.sessions import Sessions
from tintype.accounts.service.throttle import Throttle
from tintype.accounts.service.who import Who
from tintype.kit.clock import Clock
from tintype.kit.errors import InvalidInput, PermissionDenied
from tintype.kit.ids import IdSource, id_of_request


class SignUpClosed(PermissionDenied):
    """Accounts are made by invitation only, or not at all."""

    reason = "SIGN_UP_CLOSED"

    def __init__(self, mode: SignUpMode) -> None:
        super().__init__("accounts are not open to everybody here", sign_up=mode.value)


class InvitationInvalid(PermissionDenied):
    """Unknown, used or expired."""

    reason = "INVITATION_INVALID"

    def __init__(self) -> None:
        super().__init__("the invitation is not valid any more")


class UserNameInvalid(InvalidInput):
    """It can be no user name."""

    def __init__(self) -> None:
        what = "a user name is 1 to 64 letters, digits, dots, dashes, underscores or @"
        super().__init__(what, fields={"user_name": what})


class Registration:
    """Makes accounts: by their users themselves, or by an administrator."""

    def __init__(
        self,
        users: UserRepository,
        invitations: InvitationRepository,
        sessions: Sessions,
        passwords: Passwords,
        throttle: Throttle,
        audit: Audit,
        ids: IdSource,
        clock: Clock,
        *,
        mode: SignUpMode,
        quota_bytes: int,
    ) -> None:
        self._users = users
        self._invitations = invitations
        self._sessions = sessions
        self._passwords = passwords
        self._throttle = throttle
        self._audit = audit
        self._ids = ids
        self._clock = clock
        self._mode = mode
        self._quota_bytes = quota_bytes

    async def get_sign_up(self) -> tuple[SignUpMode, bool]:
        """Who may make an account, and whether there is no user yet."""
        first = await self._users.count() == 0
        return (SignUpMode.OPEN if first else self._mode), first

    async def sign_up(
        self, *, user_name: str, password: str, display_name: str, invitation: str, client: str, who: Who
    ) -> tuple[User, Tokens]:
        """Make an account and begin its first session; the first user of all becomes administrator.

        Raises: SignUpClosed, InvitationInvalid, UserNameTaken, PasswordWeak, TooManyAttempts; FounderExists if
        another was first in the same moment.
        """
        await self._throttle.begin(user_name="", peer=who.peer)
        first = await self._users.count() == 0
        user_id = self._ids.new() if first else await self._admitted(invitation)
        user = await self._made(
            user_id=user_id,
            user_name=user_name,
            password=password,
            display_name=display_name,
            role=Role.ADMINISTRATOR if first else Role.MEMBER,
            quota_bytes=self._quota_bytes,
            founder=first,
        )
        await self._invitations.remove(secret_hash(invitation))
        await self._throttle.succeeded(user_name="", peer=who.peer)
        await self._audit.record(Action.USER_CREATED, who, actor=user, subject=user)
        return user, await self._sessions.begin(user, client=client, who=who)

    async def create_user(
        self, *, user_name: str, password: str, display_name: str, role: Role | None, quota_bytes: int, who: Who
    ) -> User:
        """An administrator makes an account for somebody else, a member if nothing is said.

        Raises: UserNameTaken, PasswordWeak.
        """
        user = await self._made(
            user_id=self._ids.new(),
            user_name=user_name,
            password=password,
            display_name=display_name,
            role=role or Role.MEMBER,
            quota_bytes=quota_bytes,
            founder=False,
        )
        await self._audit.record(Action.USER_CREATED, who, subject=user)
        return user

    async def _admitted(self, invitation: str) -> str:
        """The id for the new user. It comes from the invitation, so that two accounts of one cannot both be added."""
        if self._mode is SignUpMode.OPEN and not invitation:
            return self._ids.new()
        if self._mode is SignUpMode.CLOSED or not invitation:
            raise SignUpClosed(self._mode)
        found = await self._invitations.find(secret_hash(invitation))
        if found is None or found.expired(self._clock.now()):
            raise InvitationInvalid
        return id_of_request(owner_id=found.created_by, rpc="SignUp", request_id=found.invitation_id)

    async def _made(
        self,
        *,
        user_id: str,
        user_name: str,
        password: str,
        display_name: str,
        role: Role,
        quota_bytes: int,
        founder: bool,
    ) -> User:
        name = normal_user_name(user_name)
        if not name:
            raise UserNameInvalid
        if await self._users.find_by_name(name) is not None:
            raise UserNameTaken  # before the slow hash; `add` decides
        user = User(
            user_id=user_id,
            user_name=name,
            display_name=display_name or user_name,
            role=role,
            state=UserState.ACTIVE,
            quota_bytes=quota_bytes,
            password_hash=await self._passwords.chosen(password, user_name=name),
            pseudonym=self._ids.new(),
            create_time=self._clock.now(),
            founder=founder,
        )
        await self._users.add(user)
        return user
