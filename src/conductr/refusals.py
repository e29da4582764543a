"""Errors in words: what went wrong, and what the person can do next. Never an error's own text, never a secret."""

from __future__ import annotations

import conductr_player as player
import conductr_store as store
import suno_client as suno

from . import errors

Words = tuple[str, str | None]  # a sentence, and the way out where there is one

GENERAL: Words = ("Something went wrong here.", "Try again; the operator finds the cause in the log.")

PLAIN: dict[type[BaseException], Words] = {
    errors.ConductrError: ("That cannot be done now.", None),
    errors.NotInVoice: ("You are not in a voice channel.", "Join one, then ask again."),
    errors.NothingPlaying: ("Nothing is playing.", "/generate makes a song, /play plays one you have."),
    errors.AlreadyPaused: ("It is paused already.", "/play goes on."),
    errors.NothingToPlay: ("There is nothing to play.", "/generate makes a song."),
    errors.UnknownSong: ("No such song in this library.", "Choose one from the list that /play offers."),
    errors.UnknownGeneration: ("That wish is not known here.", "/generate makes a new song."),
    errors.NotYours: ("Another member asked for that song.", "Only they can take it back."),
    errors.TooLate: ("There is nothing left to cancel.", "/skip passes over a song that plays."),
    errors.StillOpen: ("Suno has that song, or may have it.", "It is sent again only once that is settled."),
    errors.NothingToDecide: ("What became of that song is known already.", None),
    errors.SubmissionUnsaved: (
        "Suno took the wish, but the database would not write it down.",
        "The operator finds its number in the log; ask again only if it does not appear.",
    ),
    errors.Crowded: ("Many wishes are on their way to Suno now.", "Yours follows in a moment; nothing was charged."),
    errors.PlayerUnreachable: ("I am in no voice channel here.", "/join calls me in."),
    suno.SunoError: ("Suno could not do that.", "Try again later."),
    suno.NotSent: ("Suno cannot be reached now, and nothing was sent or charged.", "Try again in a few minutes."),
    suno.Unanswered: (
        "Suno's answer was lost, so it is not known whether the song was accepted or paid for.",
        "Nothing was sent again. Ask once more if you want to try anew.",
    ),
    suno.OutOfCredits: ("The Suno account has no credits left.", "The operator can top it up; nothing was charged."),
    suno.TooMany: ("Suno is taking too many requests now.", "Try again in a minute; nothing was charged."),
    suno.BadKey: ("Suno does not accept this bot's key.", "The operator has to check CONDUCTR_SUNO_API_KEY."),
    suno.PromptRejected: ("Suno turned that prompt down.", "Put it in other words: no artist names, nothing harmful."),
    suno.Maintenance: ("Suno is closed for maintenance.", "Try again later; nothing was charged."),
    suno.Refused: ("Suno refused the request.", "Try again with a simpler prompt; nothing was charged."),
    suno.AlreadyMade: ("Suno has made that already.", "It is in your Suno account; nothing was charged again."),
    suno.NotJournaled: (
        "Suno took the wish, but it could not be written down here.",
        "The operator finds its number in the log; ask again only if it does not appear.",
    ),
    suno.BadSignature: ("A message in Suno's name came from somebody else.", "Nothing was believed of it."),
    suno.TaskFailed: ("Suno could not do that to the song.", "Try again later."),
    suno.GenerationFailed: ("Suno could not make that song.", "Try again, or put it in other words."),
    suno.WaitTimeout: ("Suno did not finish the song in time.", "If it comes later, it is in your Suno account."),
    suno.BadMedia: ("Suno delivered a damaged file.", "Try again; the song may be whole in your Suno account."),
    player.PlayerError: ("The voice connection failed.", "Try /join again."),
    player.PlayerBusy: ("Too many commands are waiting here.", "Try again in a moment."),
    player.FFmpegMissing: (
        "FFmpeg was not found, so no song can be prepared.",
        "The operator can run: conductr doctor",
    ),
    player.SourceError: ("That song's audio cannot be read.", "Try another song, or make it anew with /generate."),
    player.CommandRefused: ("That cannot be done with the queue now.", "Look at /queue, then ask again."),
    player.Stale: ("The queue has changed since you saw it, so nothing was done.", "Look again, then ask once more."),
    player.UnknownEntry: ("That song does not wait in the queue any more.", "/queue shows what does."),
    player.AlreadyQueued: ("That song plays or waits already.", "/queue shows where."),
    player.NothingToUndo: ("There is nothing left to undo.", "Only the last minute can be taken back."),
    player.SnapshotError: ("The saved queue was made by another version.", "The operator can run: conductr doctor"),
    store.StoreError: ("The database cannot be reached, so nothing was changed.", "Try again later."),
    store.CommitUnsure: ("The database's answer was lost; look whether it was done.", "Ask again only if it was not."),
    store.Conflict: ("That is there already, so nothing was changed.", "Look again, then ask once more."),
    store.Settled: ("That was decided otherwise before, and it stands.", None),
    store.LeaseLost: ("Another process of the bot is at it, so nothing was changed here.", "Try again in a moment."),
    store.QuotaUsedUp: (
        "No more songs are left to make for now.",
        "Nothing was charged; ask again when the limit is new.",
    ),
    store.NotACursor: ("That page of the list is not there any more.", "Begin at its first page."),
    store.StoreBusy: ("The database is busy, so nothing was changed.", "Try again in a moment."),
    store.Changed: ("That has changed since you saw it, so nothing was done.", "Look again, then ask once more."),
    store.InUse: ("That is still being made.", "Wait until it is done, then ask again."),
    store.FaultsRefused: ("CONDUCTR_FAULTS is set, which is for tests alone.", "Unset it, then start again."),
    store.SealBroken: ("Your saved key cannot be opened any more.", "Enter it again in your account's settings."),
    store.StillSubscribed: ("Your subscription is still running.", "End it first, then ask again to be forgotten."),
    store.BackupRefused: ("No copy of the database was made.", "The operator can run: conductr doctor"),
    store.SchemaTooNew: (
        "The database was written by a newer version of Conductr.",
        "Update this one, or use the backup made before the update.",
    ),
    store.StoreDamaged: (
        "The database file is damaged.",
        "Stop every process that uses it, keep a copy of it, and put the newest backup in its place.",
    ),
    store.BadCover: ("That picture will not do as a cover.", "Use a JPEG, PNG or WebP of ordinary size."),
    store.MediaError: ("The song's file cannot be written or read now.", "The operator should check the disk."),
}
PLAIN[suno.Misunderstood] = PLAIN[suno.Unanswered]


_QUOTAS = {
    "member": "You have had your {songs} of today.",
    "here": "You have had your {songs} of today in this server.",
    "server": "This server has had its {songs} of today.",
    "everybody": "All {songs} that this bot may ask for today are used up.",
    "plan": "You have had the {songs} of this month that your plan has.",
}


def used_up(error: errors.QuotaReached) -> Words:
    """Whose songs are used up, and when there are more."""
    songs = "1 song" if error.limit == 1 else f"{error.limit:,} songs"
    back = f"{error.returns_at:%d %B, %H:%M} UTC".lstrip("0")
    return (
        _QUOTAS[error.whose].format(songs=songs),
        f"More come on {back}. With a Suno key of your own, or songs from the library, there is no such limit.",
    )


def refusal(error: BaseException) -> Words:
    """What to say of an error: of its own kind, or of the nearest kind above it."""
    match error:
        case errors.BusyElsewhere():
            return f"I am playing for others in {error.channel_name}.", "Join them, or ask again when they are done."
        case errors.SongNotReady():
            return f"{error.title} is still being made.", "It plays as soon as its first notes are here."
        case errors.BadWish():
            return f"The {error.field} will not do: {error.why}.", "Nothing was sent or charged."
        case errors.TooManyWaiting():
            return f"{error.limit} songs are in the making here already.", "Ask again when one is done."
        case errors.QuotaReached():
            return used_up(error)
        case errors.SetupError():
            return f"{error.setting}: {error.problem}.", error.hint
        case player.QueueFull():
            return f"{error.limit:,} songs wait in the queue, and no more fit.", "Ask again when some have been played."
        case player.MemberCapReached():
            return (
                f"You have {error.cap} songs in the queue, and more are not allowed.",
                "Wait for one to be played.",
            )
        case suno.Unsupported():
            return "This Suno gateway cannot do that.", "The operator can choose another; nothing was sent or charged."
        case suno.InvalidRequest():
            return f"Suno would not take that: {error}.", "Change it and ask again; nothing was sent or charged."
        case suno.GenerationFailed(moderated=True):
            return PLAIN[suno.PromptRejected]
        case _:
            return next((PLAIN[kind] for kind in type(error).__mro__ if kind in PLAIN), GENERAL)
