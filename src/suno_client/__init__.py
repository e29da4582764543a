"""A typed, async client of Suno's music gateways, for asyncio and trio."""

from ._polling import Polling
from .client import SunoClient
from .download import Download
from .errors import (
    BadKey,
    BadMedia,
    GenerationFailed,
    InvalidRequest,
    Maintenance,
    Misunderstood,
    NotSent,
    OutOfCredits,
    PromptRejected,
    Refused,
    SunoError,
    TooMany,
    Unanswered,
    WaitTimeout,
)
from .generations import Generations
from .limits import LIMITS, ModelLimits
from .models import Clip, Progress, Stage, Task, TaskId

__all__ = [
    "LIMITS",
    "BadKey",
    "BadMedia",
    "Clip",
    "Download",
    "GenerationFailed",
    "Generations",
    "InvalidRequest",
    "Maintenance",
    "Misunderstood",
    "ModelLimits",
    "NotSent",
    "OutOfCredits",
    "Polling",
    "Progress",
    "PromptRejected",
    "Refused",
    "Stage",
    "SunoClient",
    "SunoError",
    "Task",
    "TaskId",
    "TooMany",
    "Unanswered",
    "WaitTimeout",
]
