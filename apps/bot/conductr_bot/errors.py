"""What can go wrong that only Discord knows of.

    BotError
      CannotJoin              the caller's channel cannot be joined
        MissingPermissions      names what the bot may not do there
        ChannelFull
        VoiceUnanswered         Discord's voice server did not take us in; later it may
        VoiceRefused            nor will it: our fault, the log says which
      NotConnected            asked to leave, but the bot sits nowhere
      PycordTooDifferent      the installed py-cord was never tried with this bot
      OldButton               of a version or a song that is gone; the card below is newer
      TooLateForForm          a form opens only at once; pressed again, it does

Their words are in the catalogue, `error.<name>`, with these attributes in them.
"""

from __future__ import annotations


class BotError(Exception):
    """Base of every error that this package raises."""


class CannotJoin(BotError):
    """The caller's channel cannot be joined; another may."""


class MissingPermissions(CannotJoin):
    """Who manages the channel can allow what is `missing`: view_channel, connect, speak."""

    def __init__(self, channel_name: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{channel_name}: {', '.join(missing)}")
        self.channel_name = channel_name
        self.missing = missing


class ChannelFull(CannotJoin):
    """Somebody has to make room."""

    def __init__(self, channel_name: str, limit: int) -> None:
        super().__init__(f"{channel_name}: {limit}")
        self.channel_name = channel_name
        self.limit = limit


class VoiceUnanswered(CannotJoin):
    """Discord did not let the bot in; in a moment it may."""

    def __init__(self, channel_name: str) -> None:
        super().__init__(channel_name)
        self.channel_name = channel_name


class VoiceRefused(CannotJoin):
    """Discord will not have this connection; the operator finds why in the log."""

    def __init__(self, channel_name: str) -> None:
        super().__init__(channel_name)
        self.channel_name = channel_name


class NotConnected(BotError):
    """The bot sits in no channel: it can be called."""


class PycordTooDifferent(BotError):
    """The operator has to install the version that was proven."""

    def __init__(self, version: str, proven: str) -> None:
        super().__init__(f"{version}, proven with {proven}")
        self.version = version
        self.proven = proven


class OldButton(BotError):
    """What the button belongs to is over, or of an older version of the bot: look for a newer message."""


class TooLateForForm(BotError):
    """A form can be opened only at once, and this took longer: press again."""
