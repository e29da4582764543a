"""Which routes a sandbox has, by the dialect it speaks."""

from __future__ import annotations

from starlette.routing import Route

from suno_client.sandbox.control import Control
from suno_client.sandbox.gateway import Gateway
from suno_client.sandbox.gcui.server import GcuiServer
from suno_client.sandbox.house import House
from suno_client.sandbox.media import MediaHost
from suno_client.sandbox.music_routes import MusicRoutes
from suno_client.sandbox.sides.endpoints import SideEndpoints


def routes_of(house: House) -> list[Route]:
    """Its files, the handles for tests, and the API of the house's dialect."""
    if house.dialect == "gcui":
        api = GcuiServer(house).routes()
    else:
        api = [*Gateway(house).routes(), *MusicRoutes(house).routes(), *SideEndpoints(house).routes()]
    return [*MediaHost(house).routes(), *Control(house).routes(), *api]  # an API may have a route for all the rest
