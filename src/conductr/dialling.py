"""From settings to clients: one for each of the bot's gateways, and for each key that a member brings."""

from __future__ import annotations

from pydantic import SecretStr

from conductr_store.sealing import KeyRing
from suno_client import Polling, Retrying, SunoClient
from suno_client.dialects import choose

from .errors import SetupError
from .gateways import Gateway
from .settings import SUNO_API, Settings

SENT_ONCE = Retrying(submissions=1)  # a generation is a row; the watcher sends it again, where that is safe
HOMES = {"sunoapi": SUNO_API, "kie": "https://api.kie.ai", "gcui": "http://localhost:3000"}
KEYLESS = frozenset({"gcui"})  # a server of one's own, which has the cookie itself


def own_gateways(settings: Settings) -> tuple[Gateway, ...]:
    """The bot's own, in the order of CONDUCTR_PROVIDERS; or the one of CONDUCTR_SUNO_API_KEY. Raises SetupError."""
    if not settings.providers:
        suno = _single(settings)
        return (Gateway(suno.dialect, suno),)
    return tuple(Gateway(name, _listed(settings, name)) for name in dict.fromkeys(settings.providers))


def dial_for(settings: Settings, provider: str, key: str) -> SunoClient | None:
    """A client with a member's key, at the address that the operator chose; None for a provider not known here."""
    if provider not in HOMES or (provider in KEYLESS and not _set_up(settings, provider)):
        return (
            None  # a server of one's own is somebody's only where the operator runs it: else, what else listens there?
        )
    return _client(settings, provider, key, _address(settings, provider))


def ring_of(settings: Settings) -> KeyRing | None:
    """The keys that seal what members bring; None where there are none. Raises SetupError."""
    if settings.sealing_keys is None:
        return None
    try:
        return KeyRing.parse(settings.sealing_keys.get_secret_value())
    except ValueError as error:
        hint = "Write name:key, where key is what `openssl rand -base64 32` gives."
        raise SetupError("CONDUCTR_SEALING_KEYS", str(error), hint) from error


def _single(settings: Settings) -> SunoClient:
    if settings.suno_api_key is None:
        raise SetupError("CONDUCTR_SUNO_API_KEY", "it is not set", "Set it, or unset CONDUCTR_SUNO_BASE_URL too.")
    address = settings.suno_base_url or SUNO_API
    return _client(settings, None, settings.suno_api_key.get_secret_value(), address)


def _listed(settings: Settings, provider: str) -> SunoClient:
    key = _key(settings, provider)
    if key is None and provider not in KEYLESS:
        setting = f"CONDUCTR_{provider.upper()}_KEY"
        raise SetupError(setting, "it is not set", f"Set it, or take {provider} out of CONDUCTR_PROVIDERS.")
    return _client(settings, provider, key.get_secret_value() if key else "", _address(settings, provider))


def _client(settings: Settings, dialect: str | None, key: str, base_url: str) -> SunoClient:
    return SunoClient(
        key,
        base_url=base_url,
        dialect=dialect,
        polling=Polling(first_s=settings.suno_poll_s, max_s=5 * settings.suno_poll_s),
        retrying=SENT_ONCE,
        timeout_s=settings.suno_timeout_s,
    )


def _address(settings: Settings, provider: str) -> str:
    chosen = {"sunoapi": settings.sunoapi_url, "kie": settings.kie_url, "gcui": settings.gcui_url}[provider]
    single = settings.suno_base_url
    if chosen is None and single and not settings.providers and choose(None, single).name == provider:
        return single
    return chosen or HOMES[provider]


def _set_up(settings: Settings, provider: str) -> bool:
    return provider in settings.providers or _address(settings, provider) != HOMES[provider]


def _key(settings: Settings, provider: str) -> SecretStr | None:
    return {"sunoapi": settings.sunoapi_key, "kie": settings.kie_key, "gcui": settings.gcui_key}[provider]
