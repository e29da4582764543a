"""The floor of Python: RTP headers and `send`, no cipher, no queue, paced as the pacer does."""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
import time
from math import ceil

from playing.song import read_packets

from .setting import Setting, raise_limits

FRAME_S = 0.02
GUILDS_A_SLOT, MOST_SLOTS = 250, 10  # as conductr_player.pacing.schedule


def main(setting: Setting) -> None:
    raise_limits()
    packets, pack = read_packets(setting.packets), struct.Struct(">BBHII").pack
    guilds = [(opened(setting.port).send, ssrc) for ssrc in range(1, setting.guilds + 1)]
    slots = min(MOST_SLOTS, ceil(setting.guilds / GUILDS_A_SLOT))
    print("ready", flush=True)
    start, turn = time.monotonic(), 0
    while turn % 50 or not select.select([sys.stdin], [], [], 0)[0]:
        counter, slot = divmod(turn, slots)
        packet = packets[counter % len(packets)]
        for send, ssrc in guilds[slot::slots]:
            send(pack(0x80, 0x78, counter & 0xFFFF, counter * 960 & 0xFFFFFFFF, ssrc) + packet)
        turn += 1
        time.sleep(max(0.0, start + turn * FRAME_S / slots - time.monotonic()))
    os._exit(0)


def opened(port: int) -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.connect(("127.0.0.1", port))
    KEPT.append(udp)
    return udp


KEPT = list[socket.socket]()

if __name__ == "__main__":
    main(Setting.from_argv())
