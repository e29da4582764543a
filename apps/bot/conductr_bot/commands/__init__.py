"""The list of commands: one table, told to Discord in each language and served by the cogs."""
