"""What decides: the queue, the session, its inputs and effects. Pure."""
