"""One repository per aggregate."""

from .attempts import Attempts
from .audit import Audit
from .billing import Billing
from .commands import Commands
from .favourites import Favourites
from .files import Files
from .generations import Generations
from .guilds import Guilds
from .jobs import Jobs
from .leases import Leases
from .ledger import Ledger
from .listening import Listening
from .memberships import Memberships
from .notices import Notices
from .playlists import Playlists
from .provider_keys import ProviderKeys
from .queues import Queues
from .rates import Rates
from .search import Library
from .sessions import Sessions
from .songs import Songs
from .take_votes import TakeVotes
from .users import Users
from .voices import Voices

__all__ = [
    "Attempts",
    "Audit",
    "Billing",
    "Commands",
    "Favourites",
    "Files",
    "Generations",
    "Guilds",
    "Jobs",
    "Leases",
    "Ledger",
    "Library",
    "Listening",
    "Memberships",
    "Notices",
    "Playlists",
    "ProviderKeys",
    "Queues",
    "Rates",
    "Sessions",
    "Songs",
    "TakeVotes",
    "Users",
    "Voices",
]
