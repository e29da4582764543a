"""The slash commands: each parses, asks one use case, and renders."""
