"""Conductr's web page: the queue, the prompt box and live listening."""

from .app import create_app
from .run import run_web

__all__ = ["create_app", "run_web"]
