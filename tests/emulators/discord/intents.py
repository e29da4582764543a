"""The gateway intents by which events are filtered (events/gateway)."""

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
VOICE_STATES = 1 << 7
PRESENCES = 1 << 8
GUILD_MESSAGES = 1 << 9
MESSAGE_CONTENT = 1 << 15
PRIVILEGED = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT
ALL = (1 << 26) - 1
