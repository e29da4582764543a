"""What a callback address can carry: a secret where the gateway does not sign, and whose submission it answers. Pure.

    suno.with_options(journal=journal, submission_id=wish, callback_url=with_submission(with_token(HOOK, token), wish))

Where the answer to a submission is lost, its callback still comes: `submission_of` its address is the wish, `task_id`
of its event is the task: `FileJournal.settle` notes it.
"""

from __future__ import annotations

import hmac
import re
import secrets
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

from suno_client.errors import InvalidRequest

TOKEN_CHARACTERS = 16  # the fewest; new_token has 43
SUBMISSION = "submission"
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[/?]")  # how an address begins, and a query does not


def new_token() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def with_token(url: str, token: str, name: str = "token") -> str:
    """The address with `token` in its query, in place of an earlier one; other fields stay as they are.

    It is a secret in an address: use https, and keep queries out of your access log.
    Raises InvalidRequest for a token that can be guessed, or what is no address of http or https.
    """
    _check(token)
    return _with(url, name, token)


def token_matches(url_or_query: str | bytes, token: str, name: str = "token") -> bool:
    """Whether the address that was called, or its query (ASGI's `query_string` too), has the token, exactly once.

    Takes the same time for a token that is nearly right. Raises InvalidRequest for a token that can be guessed.
    """
    _check(token)
    given = _values(url_or_query, name)
    return len(given) == 1 and hmac.compare_digest(_bytes(given[0]), _bytes(token))


def with_submission(url: str, submission_id: str) -> str:
    """The address with the id that the journal knows. Raises InvalidRequest as `with_token`, and for an empty id."""
    if not submission_id:
        raise InvalidRequest("submission_id", "is empty")
    return _with(url, SUBMISSION, submission_id)


def submission_of(url_or_query: str | bytes) -> str | None:
    """Anybody can write it: look at the token, or the signature, first."""
    given = _values(url_or_query, SUBMISSION)
    return given[0] if len(given) == 1 else None


def _check(token: str) -> None:
    if len(token) < TOKEN_CHARACTERS:
        raise InvalidRequest("token", f"has fewer than {TOKEN_CHARACTERS} characters, and could be guessed")


def _with(url: str, name: str, value: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname
    except ValueError:
        parts, good = urlsplit(""), False
    if not good:
        raise InvalidRequest("url", "is no address of http or https")
    others = [field for field in parts.query.split("&") if field and _name(field) != name]
    query = "&".join((*others, f"{quote(_bytes(name), safe='')}={quote(_bytes(value), safe='')}"))
    return parts._replace(query=query).geturl()


def _values(url_or_query: str | bytes, name: str) -> list[str]:
    text = url_or_query.decode("latin-1") if isinstance(url_or_query, bytes) else url_or_query
    if ABSOLUTE.match(text):
        text = text.partition("#")[0].partition("?")[2]
    return [value for given, value in parse_qsl(text) if given == name]


def _name(field: str) -> str:
    return unquote_plus(field.partition("=")[0])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
