"""The pacer in a process of its own."""

from .line import RemoteLine
from .process import PacerProcess
from .specs import RtpSpec, StreamSpec, packets_in

__all__ = ["PacerProcess", "RemoteLine", "RtpSpec", "StreamSpec", "packets_in"]
