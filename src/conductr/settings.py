"""Settings, read once from the environment and `.env`. `.env.example` explains each; a test compares the two."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DISCORD_API = "https://discord.com/api/v10"
SUNO_API = "https://api.sunoapi.org"


def _blank_is_none(value: object) -> object:
    """An empty line in `.env` (`CONDUCTR_SUNO_API_KEY=`) means: not set."""
    return None if isinstance(value, str) and not value.strip() else value


_Secret = Annotated[SecretStr | None, BeforeValidator(_blank_is_none)]
_Text = Annotated[str | None, BeforeValidator(_blank_is_none)]
_OptionalSeconds = Annotated[Annotated[float, Field(ge=4, le=360)] | None, BeforeValidator(_blank_is_none)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """All that differs between one computer and a cluster. Nothing set: sandbox, SQLite, local folder, browser room."""

    model_config = SettingsConfigDict(env_prefix="CONDUCTR_", env_file=".env", extra="ignore", frozen=True)

    discord_token: _Secret = None
    discord_api_base: str = DISCORD_API
    suno_api_key: _Secret = None
    suno_base_url: _Text = None
    suno_model: str = "V5_5"
    suno_poll_s: float = Field(default=3.0, gt=0, le=60)
    suno_timeout_s: float = Field(default=20.0, gt=0, le=120)
    sandbox_speed: float = Field(default=1.0, gt=0, le=100)
    sandbox_music_s: _OptionalSeconds = None
    data_dir: Path = Path("data")
    database_url: _Text = None
    media_url: _Text = None
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8765, ge=0, le=65_535)
    secret_key: _Secret = None
    log_level: LogLevel = "INFO"
    lease_s: float = Field(default=30.0, ge=1, le=600)

    @property
    def embedded_suno(self) -> bool:
        """Whether songs come from the sandbox in a child process: no key and no address of a gateway is set."""
        return self.suno_api_key is None and self.suno_base_url is None

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'conductr.db'}"

    @property
    def media(self) -> str:
        return self.media_url or str(self.data_dir.absolute() / "media")
