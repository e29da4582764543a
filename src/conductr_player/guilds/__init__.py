"""A guild's player and all of them: the shell round what decides."""
