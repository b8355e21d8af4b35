"""Signing in and out: who is at this profile, and the token their queue is sent under."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Protocol

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import RemoteError, SignInRequired, WrongServer
from maintenance_desktop.services.ports import Backend


class TokenStore(Protocol):
    """Where tokens are kept."""

    def token(self, account: Account) -> str | None: ...

    def keep(self, account: Account, token: str) -> bool: ...

    def forget(self, account: Account) -> None: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """An accepted sign-in. `is_kept` is False where the token is lost when the program ends."""

    account: Account
    is_kept: bool


def sign_in(
    backend: Backend,
    tokens: TokenStore,
    server_url: str,
    username: str,
    password: str,
    *,
    expected: Account | None = None,
) -> Opened:
    """Sign in and keep the token. Raises SignInRefused, Unreachable, WrongServer.

    `expected` is the account of an open profile: another person or server is turned away.
    """
    info = backend.info()
    signed_in = backend.sign_in(username, password)
    person = signed_in.person
    account = Account(
        instance=signed_in.instance,
        person_id=str(person["id"]),
        name=str(person.get("name") or username),
        username=str(person.get("username") or username),
        role=str(person.get("role") or "requester"),
        server_url=server_url,
        server_name=info.name,
    )
    if expected and (expected.instance, expected.person_id) != (account.instance, account.person_id):
        backend.use_token(signed_in.token)
        with contextlib.suppress(RemoteError):
            backend.sign_out()
        backend.use_token(None)
        raise WrongServer(
            f"This is not the account of {expected.name} on {expected.server_name or expected.server_url}. "
            "The waiting changes are only sent under the name they were made."
        )
    backend.use_token(signed_in.token)
    return Opened(account, tokens.keep(account, signed_in.token))


def resume(backend: Backend, tokens: TokenStore, account: Account) -> None:
    """Use the kept token. Raises SignInRequired when there is none."""
    token = tokens.token(account)
    if token is None:
        raise SignInRequired(f"Sign in as {account.username} to send what waits.")
    backend.use_token(token)


def sign_out(backend: Backend, tokens: TokenStore, account: Account) -> None:
    """Forget the token here, and on the server if it can be reached. The queue stays."""
    tokens.forget(account)
    with contextlib.suppress(RemoteError):
        backend.sign_out()
    backend.use_token(None)
