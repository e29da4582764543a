"""From tracks to packets at a sink, as a guild wants to hear them."""
