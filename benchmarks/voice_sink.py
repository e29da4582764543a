"""The benchmark's listener: a process that notes when each guild's packets arrived, by the kernel's clock.

SO_TIMESTAMPNS stamps a packet when it reaches the socket, so this process' own scheduling does not
enter the figures. It looks once a millisecond instead of waiting for each packet: waking it would be
work of the sender's `sendto`, which no network card asks for. A guild is told by the SSRC of its RTP
header; its grid is its RTP timestamp.

Talks in lines of JSON: says {"port": N}; takes {"from": s, "to": s} (CLOCK_REALTIME) and answers with figures.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import sys
import time
from array import array

import numpy as np

SO_TIMESTAMPNS = 35  # <asm-generic/socket.h>; not in Python's socket module
SO_RCVBUFFORCE = 33
RTP = struct.Struct(">BBHII")
STAMP = struct.Struct("@qq")
BUFFER = 32_000_000  # bytes
LOOK_EVERY_S = 0.001


def main() -> None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    for option in (socket.SO_RCVBUF, SO_RCVBUFFORCE):  # the second only root may
        try:
            listener.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        except PermissionError:
            break
    listener.bind(("127.0.0.1", 0))
    listener.setblocking(False)
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    arrived, guilds, stamps = array("d"), array("I"), array("I")
    header = bytearray(RTP.size)
    commands = sys.stdin.fileno()
    while True:
        time.sleep(LOOK_EVERY_S)
        drain(listener, header, arrived, guilds, stamps)
        if select.select([commands], [], [], 0)[0]:
            line = os.read(commands, 4_096)
            if not line:
                return
            drain(listener, header, arrived, guilds, stamps)
            window = json.loads(line)
            print(json.dumps(figures(arrived, guilds, stamps, window["from"], window["to"])), flush=True)


def drain(
    listener: socket.socket, header: bytearray, arrived: array[float], guilds: array[int], stamps: array[int]
) -> None:
    receive, buffers = listener.recvmsg_into, [header]
    for _ in range(10_000):
        try:
            _, ancillary, _, _ = receive(buffers, 64)
        except BlockingIOError:
            return
        seconds, nanoseconds = STAMP.unpack(ancillary[0][2][:16])
        _, _, _, stamp, ssrc = RTP.unpack(header)
        arrived.append(seconds + nanoseconds * 1e-9)
        guilds.append(ssrc)
        stamps.append(stamp)


def figures(
    arrived: array[float], guilds: array[int], stamps: array[int], start: float, end: float
) -> dict[str, float]:
    """Packets within the window, and how far each was from its own guild's 20 ms grid, in ms."""
    when, guild, stamp = np.array(arrived), np.array(guilds), np.array(stamps, np.float64)
    inside = (when >= start) & (when < end)
    when, guild, stamp = when[inside], guild[inside], stamp[inside]
    if not len(when):
        return {"packets": 0, "guilds": 0, "p50": 0.0, "p99": 0.0, "max": 0.0, "gap": 0.0}
    order = np.lexsort((when, guild))
    when, guild, stamp = when[order], guild[order], stamp[order]
    edges = np.flatnonzero(np.diff(guild)) + 1
    off, gaps = list[np.ndarray](), list[float]()
    for times, grid in zip(np.split(when, edges), np.split(stamp, edges), strict=True):
        late = times - grid / 48_000
        off.append(np.abs(late - np.median(late)) * 1e3)
        gaps.append(float(np.max(np.diff(times), initial=0.0)) * 1e3)
    every = np.concatenate(off)
    p50, p99 = np.percentile(every, [50, 99])
    return {
        "packets": len(every),
        "guilds": len(off),
        "p50": float(p50),
        "p99": float(p99),
        "max": float(every.max()),
        "gap": max(gaps),
    }


if __name__ == "__main__":
    main()
