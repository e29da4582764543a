"""Foreign servers as they are seen from this side, for tests against real clients."""
