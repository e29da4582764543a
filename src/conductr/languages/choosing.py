"""Which language somebody is answered in, and what Discord is told of names in other languages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from .tongue import TEXTS, Language, Tongue, tongue_of

DEFAULT: Final[Language] = "en"
DISCORD_LOCALES: Final[Mapping[Language, tuple[str, ...]]] = {"de": ("de",), "es": ("es-ES", "es-419")}
"""What Discord calls the languages other than its own default (discord.md 6)."""


def language_of(locale: str | None) -> Language | None:
    """The language of a locale such as "de" or "es-419"; None where it is not spoken here."""
    language = (locale or "").partition("-")[0].lower()
    return cast("Language", language) if language in TEXTS else None


def locale_of(
    member_setting: str | None,
    discord_locale: str | None = None,
    guild_setting: str | None = None,
    guild_locale: str | None = None,
) -> str:
    """What the member has chosen, else what their Discord speaks, else the server's; the first that is spoken here."""
    for locale in (member_setting, discord_locale, guild_setting, guild_locale):
        if locale is not None and language_of(locale) is not None:
            return locale
    return DEFAULT


def tongue_for(locale: str | None, commands_in: str | None = None) -> Tongue:
    """English where the locale is not spoken here. `commands_in`: the reader's Discord, where it is another."""
    language = language_of(locale) or DEFAULT
    return tongue_of(language, language if commands_in is None else language_of(commands_in) or DEFAULT)


def localizations(key: str) -> dict[str, str]:
    """A command's, option's or choice's text in the other locales of Discord. Raises KeyError."""
    return {locale: TEXTS[language][key] for language, locales in DISCORD_LOCALES.items() for locale in locales}
