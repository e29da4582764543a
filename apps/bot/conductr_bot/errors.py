"""What can go wrong that only Discord knows of.

    BotError
      CannotJoin              the caller's channel cannot be joined
        MissingPermissions      names what the bot may not do there
        ChannelFull
        VoiceUnanswered         Discord's voice server did not take us in; later it may
        VoiceRefused            nor will it: our fault, the log says which
      NotConnected            asked to leave, but the bot sits nowhere
      PycordTooDifferent      the installed py-cord was never tried with this bot

Each carries its words: what happened, and what to do next.
"""

from __future__ import annotations

from conductr import Reply


class BotError(Exception):
    """Base of every error that this package raises. `text` and `hint` are plain words for the caller."""

    def __init__(self, text: str, hint: str | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint

    @property
    def reply(self) -> Reply:
        return Reply(self.text, self.hint, ephemeral=True, error=True)


class CannotJoin(BotError):
    pass


class MissingPermissions(CannotJoin):
    def __init__(self, channel_name: str, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"I cannot play in {channel_name}: I am not allowed to {' and '.join(missing)}.",
            "Someone who manages the channel can allow it in its permissions.",
        )
        self.missing = missing


class ChannelFull(CannotJoin):
    def __init__(self, channel_name: str, limit: int) -> None:
        super().__init__(f"{channel_name} is full ({limit} of {limit}).", "Make room, or ask from another channel.")


class VoiceUnanswered(CannotJoin):
    def __init__(self, channel_name: str) -> None:
        super().__init__(f"Discord did not let me into {channel_name} in time.", "Try /join again in a moment.")


class VoiceRefused(CannotJoin):
    def __init__(self, channel_name: str) -> None:
        super().__init__(
            f"Discord refuses my voice connection in {channel_name}.", "The operator finds the reason in the log."
        )


class NotConnected(BotError):
    def __init__(self) -> None:
        super().__init__("I am in no voice channel here.", "/join calls me in.")


class PycordTooDifferent(BotError):
    def __init__(self, version: str, proven: str) -> None:
        super().__init__(
            f"Voice was never tried with py-cord {version}.", f"Install it with: pip install 'py-cord[voice]=={proven}'"
        )
