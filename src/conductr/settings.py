"""Settings, read once from the environment and `.env`. `.env.example` explains each; a test compares the two."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, SecretStr, TypeAdapter, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DISCORD_API = "https://discord.com/api/v10"
SUNO_API = "https://api.sunoapi.org"


def _blank_is_none(value: object) -> object:
    """An empty line in `.env` (`CONDUCTR_SUNO_API_KEY=`) means: not set."""
    return None if isinstance(value, str) and not value.strip() else value


def _listed(value: object) -> object:
    """`kie, sunoapi` as a list; an empty line is an empty one."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _address(value: object) -> object:
    """An address of http or https, without the slash at its end."""
    return str(_URL.validate_python(value)).rstrip("/") if isinstance(value, str) and value.strip() else None


class PlanLimits(BaseModel):
    """What the members of one plan may have made with the bot's own key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    day: int = Field(ge=0)
    month: int = Field(ge=0)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        name, _, numbers = value.partition("=")
        day, _, month = numbers.partition("/")
        return {"name": name.strip().lower(), "day": day.strip(), "month": month.strip()}


_URL = TypeAdapter(HttpUrl)
Provider = Literal["sunoapi", "kie", "gcui"]
_Secret = Annotated[SecretStr | None, BeforeValidator(_blank_is_none)]
_Text = Annotated[str | None, BeforeValidator(_blank_is_none)]
_OptionalSeconds = Annotated[Annotated[float, Field(ge=4, le=360)] | None, BeforeValidator(_blank_is_none)]
_OptionalCount = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_blank_is_none)]
_OptionalGigabytes = Annotated[Annotated[float, Field(gt=0)] | None, BeforeValidator(_blank_is_none)]
_Address = Annotated[str | None, BeforeValidator(_address)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """All that differs between one computer and a cluster. Nothing set: sandbox, SQLite, local folder, browser room."""

    model_config = SettingsConfigDict(env_prefix="CONDUCTR_", env_file=".env", extra="ignore", frozen=True)

    discord_token: _Secret = None
    discord_api_base: str = DISCORD_API
    suno_api_key: _Secret = None
    suno_base_url: _Text = None
    providers: Annotated[tuple[Provider, ...], NoDecode, BeforeValidator(_listed)] = ()
    sunoapi_key: _Secret = None
    sunoapi_url: _Address = None
    kie_key: _Secret = None
    kie_url: _Address = None
    kie_webhook_key: _Secret = None
    gcui_key: _Secret = None
    gcui_url: _Address = None
    suno_model: str = "V5_5"
    suno_poll_s: float = Field(default=3.0, gt=0, le=60)
    suno_timeout_s: float = Field(default=20.0, gt=0, le=120)
    sandbox_speed: float = Field(default=1.0, gt=0, le=100)
    sandbox_music_s: _OptionalSeconds = None
    quota_member_day: _OptionalCount = 20
    quota_server_day: _OptionalCount = 100
    quota_day: _OptionalCount = None
    plans: Annotated[tuple[PlanLimits, ...], NoDecode, BeforeValidator(_listed)] = ()
    repeat_window_s: float = Field(default=86_400.0, ge=0, le=2_592_000)
    data_dir: Path = Path("data")
    database_url: _Text = None
    media_url: _Text = None
    media_quota_gb: _OptionalGigabytes = None
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8765, ge=0, le=65_535)
    public_url: _Address = None
    secret_key: _Secret = None
    sealing_keys: _Secret = None
    log_level: LogLevel = "INFO"
    lease_s: float = Field(default=30.0, ge=1, le=600)

    @property
    def embedded_suno(self) -> bool:
        """Whether songs come from the sandbox in a child process: no key and no address of a gateway is set."""
        return not self.providers and self.suno_api_key is None and self.suno_base_url is None

    @property
    def media_quota_bytes(self) -> int | None:
        return None if self.media_quota_gb is None else round(self.media_quota_gb * 1e9)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'conductr.db'}"

    @property
    def media(self) -> str:
        return self.media_url or str(self.data_dir.absolute() / "media")
