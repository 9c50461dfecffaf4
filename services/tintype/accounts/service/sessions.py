"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tintype.accounts.domain.audit import Action
from tintype.accounts.domain.sessions import Presented, RefreshToken, Session, Tokens
from tintype.accounts.domain.users import User, normal_user_name
from tintype.accounts.ports import RevisionConflict, SessionNotFound, SessionRepository, UserNotFound, UserRepository
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.passwords import Passwords, SignInRefused
from tintype.accounts.service.revocations import Revocations
from tintype.accounts.service.signing import SigningKeys
from tintype.accounts.service.who import Who
from tintype.kit.clock import Clock
from tintype.kit.errors import Unauthenticated
from tintype.kit.ids import IdSource
from tintype.kit.turns import tried

MOST_LISTED: Final = 500


class RefreshTokenInvalid(Unauthenticated):
    """Unknown, expired, revoked or used before: which of these is not told."""

    reason = "REFRESH_TOKEN_INVALID"

    def __init__(self) -> None:
        super().__init__("the refresh token is not accepted: sign in again")


class Sessions:
    """The sessions of all users."""

    def __init__(
        self,
        sessions: SessionRepository,
        users: UserRepository,
        passwords: Passwords,
        signing: SigningKeys,
        revocations: Revocations,
        audit: Audit,
        ids: IdSource,
        clock: Clock,
        *,
        lifetime: timedelta,
        grace: timedelta,
    ) -> None:
        self._sessions = sessions
        self._users = users
        self._passwords = passwords
        self._signing = signing
        self._revocations = revocations
        self._audit = audit
        self._ids = ids
        self._clock = clock
        self._lifetime = lifetime
        self._grace = grace

    async def sign_in(self, *, user_name: str, password: str, client: str, who: Who) -> tuple[User, Tokens]:
        """Begin a session. Raises SignInRefused, TooManyAttempts."""
        name = normal_user_name(user_name)
        found = await self._users.find_by_name(name) if name else None
        await self._passwords.check(password, user_name=name, user=found, failure=Action.SIGN_IN_FAILED, who=who)

        async def note() -> User:
            user = await self._users.find_by_name(name)
            if user is None or not user.can_sign_in:
                raise SignInRefused
            refreshed = await self._passwords.refreshed(password, user=user)
            return await self._users.replace(refreshed.signed_in(self._clock.now()))

        user = await tried(note, overtaken=RevisionConflict)
        return user, await self.begin(user, client=client, who=who)

    async def begin(self, user: User, *, client: str, who: Who) -> Tokens:
        """A first pair of tokens for a user who has proved to be the user."""
        session, token = Session.begun(
            session_id=self._ids.new(),
            user_id=user.user_id,
            client=client,
            now=self._clock.now(),
            lifetime=self._lifetime,
        )
        await self._sessions.add(session)
        await self._audit.record(Action.SIGN_IN, who, actor=user, subject_id=session.session_id)
        return await self._tokens(user, session, token)

    async def refresh_session(self, *, refresh_token: str, who: Who) -> Tokens:
        """The next pair; a token that was used before ends its session, save the last one for a moment.

        Raises RefreshTokenInvalid.
        """
        token = RefreshToken.parsed(refresh_token)
        if token is None:
            raise RefreshTokenInvalid
        try:
            return await tried(lambda: self._refresh(token, who), overtaken=RevisionConflict)
        except (SessionNotFound, UserNotFound) as error:
            raise RefreshTokenInvalid from error

    async def sign_out(self, *, session_id: str, everywhere: bool, who: Who) -> None:
        """End the session of the call, or all sessions of its user; twice is once."""
        await self._revocations.end_session(user_id=who.user_id, session_id=session_id)
        if everywhere:
            await self._revocations.end_sessions(who.user_id)
        await self._audit.record(Action.SIGN_OUT, who, subject_id="" if everywhere else session_id)

    async def list_sessions(self, *, user_id: str) -> list[Session]:
        """Those in force, newest first, at most 500."""
        now = self._clock.now()
        sessions = await self._sessions.of_user(user_id, limit=MOST_LISTED)
        return [session for session in sessions if not session.expired(now)]

    async def revoke_session(self, *, session_id: str, who: Who) -> None:
        """Raises SessionNotFound."""
        session = await self._sessions.load(user_id=who.user_id, session_id=session_id)
        await self._revocations.end_session(user_id=session.user_id, session_id=session.session_id)
        await self._audit.record(Action.SIGN_OUT, who, subject_id=session_id)

    async def _refresh(self, token: RefreshToken, who: Who) -> Tokens:
        session = await self._sessions.load(user_id=token.user_id, session_id=token.session_id)
        user = await self._users.load(session.user_id)
        now = self._clock.now()
        match session.presented(token, now=now, grace=self._grace):
            case Presented.FOREIGN:
                raise RefreshTokenInvalid
            case Presented.REPLAYED:
                await self._revocations.end_session(user_id=session.user_id, session_id=session.session_id)
                await self._audit.record(Action.TOKEN_REUSED, who, actor=user, subject_id=session.session_id)
                raise RefreshTokenInvalid
            case _ if session.expired(now) or not user.can_sign_in:
                raise RefreshTokenInvalid
            case Presented.REPEATED:
                return await self._tokens(user, session, session.successor(token))
            case Presented.CURRENT:
                rotated, following = session.rotated(token, now=now, lifetime=self._lifetime)
                return await self._tokens(user, await self._sessions.replace(rotated), following)

    async def _tokens(self, user: User, session: Session, token: RefreshToken) -> Tokens:
        access_token, access_expire_time = await self._signing.access_token(user=user, session_id=session.session_id)
        return Tokens(
            access_token=access_token,
            access_expire_time=access_expire_time,
            refresh_token=str(token),
            refresh_expire_time=session.expire_time,
            session_id=session.session_id,
            made_time=self._clock.now(),
        )
