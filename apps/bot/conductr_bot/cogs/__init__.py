"""The commands, a class a group: each method reads what was asked, asks one use case, and gives back what it said."""
