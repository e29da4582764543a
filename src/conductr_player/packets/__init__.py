"""Opus packets: read, written, kept, and where they come from."""
