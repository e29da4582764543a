"""A voice gateway that lets anybody in: `python -m playing.gateway UDP_PORT FOLDER` (songbird does its own handshake).

Each connection is a guild; its SSRC is the `server_id` it names. Audio goes to the benchmark's listener.
Writes the certificate that clients have to trust into FOLDER, prints its port, ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from .certificates import make_certificates

MODE = "aead_aes256_gcm_rtpsize"  # what songbird prefers where it may choose
HEARTBEAT_MS = 20_000


async def serve(udp_port: int, folder: Path) -> None:
    async def talk(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 8, "d": {"heartbeat_interval": HEARTBEAT_MS, "v": 8}})
        async for message in socket:
            if message.type is WSMsgType.TEXT and (answer := answer_to(json.loads(message.data), udp_port)):
                await socket.send_json(answer)
        return socket

    context = make_certificates(folder)
    app = web.Application()
    app.router.add_get("/", talk)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    os._exit(0)


def answer_to(said: dict[str, Any], udp_port: int) -> dict[str, Any] | None:
    match said["op"]:
        case 0:
            address = {"ssrc": int(said["d"]["server_id"]), "ip": "127.0.0.1", "port": udp_port}
            return {"op": 2, "d": address | {"modes": [MODE], "experiments": []}}
        case 1:
            key = list(os.urandom(32))
            return {"op": 4, "d": {"mode": MODE, "secret_key": key, "audio_codec": "opus", "media_session_id": "bench"}}
        case 3:
            return {"op": 6, "d": said["d"]}
        case _:
            return None


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
