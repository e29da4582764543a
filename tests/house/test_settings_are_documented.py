"""`.env.example` and Settings name the same variables, and the example's values are the defaults."""

from __future__ import annotations

from pathlib import Path

from conductr import Settings

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text()


def _assignments() -> dict[str, str]:
    lines = (line for line in EXAMPLE.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def test_every_setting_stands_in_the_example_and_nothing_else_does() -> None:
    fields = {f"CONDUCTR_{name.upper()}" for name in Settings.model_fields}
    assert set(_assignments()) == fields


def test_the_example_as_it_stands_is_the_default() -> None:
    example = Settings(_env_file=ROOT / ".env.example")  # pyright: ignore[reportCallIssue] - pydantic-settings' own argument
    assert example == Settings(_env_file=None)  # pyright: ignore[reportCallIssue]


def test_secrets_do_not_show_in_a_repr() -> None:
    secret = "planted-secret-value"
    shown = repr(Settings(_env_file=None, discord_token=secret, suno_api_key=secret, secret_key=secret))  # pyright: ignore[reportCallIssue, reportArgumentType]
    assert secret not in shown
