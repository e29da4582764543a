"""The conductr command: every role in one process."""
