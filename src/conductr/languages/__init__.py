"""What people read, in every language that Conductr speaks: one module a language and subject."""

from .choosing import DEFAULT, DISCORD_LOCALES, language_of, locale_of, localizations, tongue_for
from .tongue import TEXTS, Language, Tongue

__all__ = [
    "DEFAULT",
    "DISCORD_LOCALES",
    "TEXTS",
    "Language",
    "Tongue",
    "language_of",
    "locale_of",
    "localizations",
    "tongue_for",
]
