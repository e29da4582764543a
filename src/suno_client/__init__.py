"""A typed, async client of Suno's music gateways, for asyncio and trio."""

from ._options import Exchange
from ._polling import Polling
from ._retrying import Retrying
from ._sending import Answered
from .client import SunoClient
from .download import Download
from .errors import (
    AlreadyMade,
    BadKey,
    BadMedia,
    BadSignature,
    GenerationFailed,
    InvalidRequest,
    Maintenance,
    Misunderstood,
    NotJournaled,
    NotSent,
    OutOfCredits,
    PromptRejected,
    Refused,
    SunoError,
    TaskFailed,
    TooMany,
    Unanswered,
    Unsupported,
    WaitTimeout,
)
from .generations import Generations
from .journal import FileJournal, Journal, Outcome, Submission
from .limiter import Limiter
from .limits import LIMITS, ModelLimits
from .models import Clip, Progress, Stage, Task, TaskId
from .results import Job

__all__ = [
    "LIMITS",
    "AlreadyMade",
    "Answered",
    "BadKey",
    "BadMedia",
    "BadSignature",
    "Clip",
    "Download",
    "Exchange",
    "FileJournal",
    "GenerationFailed",
    "Generations",
    "InvalidRequest",
    "Job",
    "Journal",
    "Limiter",
    "Maintenance",
    "Misunderstood",
    "ModelLimits",
    "NotJournaled",
    "NotSent",
    "OutOfCredits",
    "Outcome",
    "Polling",
    "Progress",
    "PromptRejected",
    "Refused",
    "Retrying",
    "Stage",
    "Submission",
    "SunoClient",
    "SunoError",
    "Task",
    "TaskFailed",
    "TaskId",
    "TooMany",
    "Unanswered",
    "Unsupported",
    "WaitTimeout",
]
