"""Files and streams from media hosts: how they are opened, checked as they come, and written down."""
