"""The 20 ms clock of all guilds, and each guild's line at it."""
