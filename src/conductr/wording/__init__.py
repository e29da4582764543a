"""Outcomes in words, one module a subject. Pure."""

from .reply import Reply, by, named, shorten, titled

__all__ = ["Reply", "by", "named", "shorten", "titled"]
