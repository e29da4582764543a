"""The players that are measured, each run as a process of its own: `python -m playing.players.NAME SETTING`."""
