"""What the suno command decides without asking anybody: codes, words, documents, names of files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from suno_client import (
    AlreadyMade,
    BadKey,
    BadMedia,
    BadSignature,
    Clip,
    GenerationFailed,
    InvalidRequest,
    Maintenance,
    Misunderstood,
    NotJournaled,
    NotSent,
    OutOfCredits,
    Progress,
    PromptRejected,
    Refused,
    Stage,
    TaskFailed,
    TaskId,
    TooMany,
    Unanswered,
    Unsupported,
    WaitTimeout,
)
from suno_client.cli.argv import hoisted
from suno_client.cli.codes import MEANINGS, Code, Usage, code_of
from suno_client.cli.course import Common, Course
from suno_client.cli.desk import polling_of
from suno_client.cli.files import check_folder, check_free, check_new_folder, kind_of, second, stem_name
from suno_client.cli.shapes import Saved, error_document, lyrics_outcome, minutes, song_outcome
from suno_client.cli.sides import Kind, Order
from suno_client.cli.songs import Keeping, Take
from suno_client.cli.words import said_of
from suno_client.results import Lyrics

TASK = TaskId("t1")
WHOLE = Clip(id="c1", title="Rain\x1b[31m", duration_s=61.0, audio_url="https://media.test/c1.mp3?sig=1")
ERRORS: list[tuple[BaseException, Code]] = [
    (Usage("song.mp3 is there already."), Code.USAGE),
    (InvalidRequest("style", "is missing"), Code.USAGE),
    (Unsupported("stems", "gcui"), Code.USAGE),
    (Refused("no such clip"), Code.USAGE),
    (AlreadyMade("exists"), Code.USAGE),
    (BadKey("no"), Code.BAD_KEY),
    (OutOfCredits("no"), Code.OUT_OF_CREDITS),
    (TooMany("slow down", retry_after_s=12), Code.LATER),
    (Maintenance("soon"), Code.LATER),
    (PromptRejected("no"), Code.OTHER_WORDS),
    (TaskFailed("no", task_id=TASK, moderated=True), Code.OTHER_WORDS),
    (GenerationFailed("no", task_id=TASK, moderated=True), Code.OTHER_WORDS),
    (TaskFailed("no", task_id=TASK), Code.TASK_FAILED),
    (GenerationFailed("no", task_id=TASK), Code.TASK_FAILED),
    (NotSent("refused"), Code.NETWORK),
    (Unanswered("lost", may_be_charged=False), Code.NETWORK),
    (Misunderstood("a page", may_be_charged=False), Code.NETWORK),
    (Unanswered("lost", may_be_charged=True), Code.PERHAPS_CHARGED),
    (Misunderstood("a page", may_be_charged=True), Code.PERHAPS_CHARGED),
    (NotJournaled(TASK), Code.PERHAPS_CHARGED),
    (WaitTimeout(TASK, 600, None), Code.NOT_IN_TIME),
    (BadMedia("media.test", "it is a web page"), Code.FILE),
    (PermissionError(13, "Permission denied", "song.mp3"), Code.FILE),
    (KeyboardInterrupt(), Code.INTERRUPTED),
    (BadSignature("no"), Code.UNEXPECTED),
    (ValueError("strange {braces}"), Code.UNEXPECTED),
]


def named(pair: object) -> str:
    return type(pair).__name__ if isinstance(pair, BaseException) else ""


def accepted() -> Course:
    course = Course()
    course.begin(lambda task_id: f"suno wait {task_id} -o song.mp3")
    course.accepted(TASK)
    return course


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=named)
def test_each_error_has_its_code_and_plain_words(error: BaseException, code: Code) -> None:
    assert code_of(error) is code
    said = said_of(error, Course())
    assert said.text.endswith((".", "!", "?"))
    assert "\n" not in said.text + said.hint
    document = error_document(error, Course())
    assert json.loads(json.dumps(document))["error"]["exit_code"] == code


def test_every_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Code)
    assert {code for _, code in ERRORS} | {Code.DONE} == set(Code)


def test_words_say_what_was_charged() -> None:
    assert "Nothing was charged" in said_of(OutOfCredits("no"), Course()).hint
    assert "may have been taken and charged" in said_of(Unanswered("lost", may_be_charged=True), Course()).hint
    assert "Nothing was charged" in said_of(Unanswered("lost", may_be_charged=False), Course()).hint


def test_haste_is_told_with_the_time_to_wait() -> None:
    assert "12 s" in said_of(TooMany("slow down", retry_after_s=12), Course()).hint
    document = error_document(TooMany("slow down", retry_after_s=12, code=430), Course())["error"]
    assert isinstance(document, dict)
    assert (document["retry_after_s"], document["code"]) == (12, 430)


@pytest.mark.parametrize(
    ("field", "shown"), [("duration_s", "--duration is"), ("style", "--style is"), ("prompt", "prompt is")]
)
def test_a_wrong_wish_is_told_by_its_option(field: str, shown: str) -> None:
    assert said_of(InvalidRequest(field, "is wrong"), Course()).text.startswith(shown)


def test_a_missing_key_is_told_with_the_ways_to_give_one() -> None:
    assert "SUNO_API_KEY" in said_of(InvalidRequest("api_key", "is empty"), Course()).hint


def test_the_task_that_made_it_earlier_is_told_where_it_is_known() -> None:
    assert "t9" in said_of(AlreadyMade("exists", task_id=TaskId("t9")), Course()).hint


def test_files_are_told_by_name() -> None:
    assert said_of(PermissionError(13, "Permission denied", "a.mp3"), Course()).text == "a.mp3: Permission denied."
    assert said_of(TimeoutError(), Course()).text == "TimeoutError."


@pytest.mark.parametrize("error", [NotSent("no"), WaitTimeout(TASK, 1, None), BadMedia("", "no"), KeyboardInterrupt()])
def test_once_a_task_is_taken_the_words_are_how_to_go_on(error: BaseException) -> None:
    said = said_of(error, accepted())
    assert "suno wait t1 -o song.mp3" in said.hint
    assert "charged" not in said.hint
    document = error_document(error, accepted())["error"]
    assert isinstance(document, dict)
    assert (document["task_id"], document["go_on"]) == (TASK, "suno wait t1 -o song.mp3")


def test_an_error_may_bring_the_task_along() -> None:
    course = Course()
    course.begin(lambda task_id: f"suno wait {task_id}")
    course.learn(NotSent("no"))
    assert course.go_on == ""
    course.learn(NotJournaled(TASK))
    assert course.go_on == "suno wait t1"


def test_a_file_that_came_to_lie_there_meanwhile_is_told_with_both_ways_out() -> None:
    assert said_of(Usage("It is there.", "Give --force."), accepted()).hint.startswith("Give --force. Task t1")


def test_a_task_that_failed_is_not_to_be_gone_on_with() -> None:
    assert "suno wait" not in said_of(TaskFailed("no", task_id=TASK), accepted()).hint


def test_a_take_that_was_whole_when_the_rest_failed_can_be_fetched() -> None:
    error = GenerationFailed("no", task_id=TASK, clips=(WHOLE, Clip(id="c2")))
    assert f'suno download "{WHOLE.audio_url}"' in said_of(error, accepted()).hint
    document = error_document(error, accepted())["error"]
    assert isinstance(document, dict)
    assert len(document["clips"]) == 2


def test_an_interruption_tells_what_it_may_have_cost() -> None:
    course = Course()
    assert "Nothing was charged" in said_of(KeyboardInterrupt(), course).hint
    course.begin(str)
    assert "may have been taken and charged" in said_of(KeyboardInterrupt(), course).hint


@pytest.mark.parametrize(
    ("given", "front", "rest"),
    [
        ("credits --json", "--json", "credits"),
        ("generate rain --timeout 9 -o a.mp3 -q", "--timeout 9 -q", "generate rain -o a.mp3"),
        ("credits --base-url=http://x", "--base-url=http://x", "credits"),
        ("generate -- --json", "", "generate -- --json"),
        ("credits --key", "", "credits --key"),
    ],
)
def test_options_of_the_whole_may_stand_anywhere(given: str, front: str, rest: str) -> None:
    assert hoisted(given.split()) == (front.split(), rest.split())


def test_a_command_line_to_go_on_with_names_the_gateway_and_never_the_key() -> None:
    common = Common("sk-canary", "http://127.0.0.1:8770", "kie")
    keeping = Keeping(Path("my song.mp3"), Take.BOTH, Path("c.jpg"), force=True)
    assert keeping.go_on(common, TASK) == (
        "suno --base-url http://127.0.0.1:8770 --dialect kie wait t1 -o 'my song.mp3' --take both --cover c.jpg --force"
    )
    assert Keeping().go_on(Common(), TASK) == "suno wait t1"
    assert Order(Kind.STEMS, Path("parts"), force=True).go_on(Common(), TASK) == (
        "suno wait t1 --kind stems -o parts --force"
    )
    assert Order(Kind.LYRICS, None).go_on(Common(), TASK) == "suno wait t1 --kind lyrics"


def test_the_key_is_blotted_out_of_anything_said_and_stands_in_no_repr() -> None:
    common = Common("sk-canary-7f3a9d")
    assert common.blot("the key sk-canary-7f3a9d is wrong") == "the key *** is wrong"
    assert "canary" not in repr(common)
    assert Common("sandbox").blot("suno sandbox") == "suno sandbox"


def test_a_sandbox_on_this_machine_is_asked_more_often() -> None:
    assert polling_of("http://127.0.0.1:8770", "sunoapi").first_s < polling_of(None, "sunoapi").first_s
    assert polling_of("http://127.0.0.1:3000", "gcui") == polling_of(None, "sunoapi")


def test_a_second_take_lies_beside_the_first() -> None:
    assert second(Path("a/song.mp3")) == Path("a/song-2.mp3")
    assert Keeping(Path("s.mp3"), Take.SECOND).takes == {1: Path("s.mp3")}
    assert Keeping(Path("s.mp3"), Take.BOTH).takes == {0: Path("s.mp3"), 1: Path("s-2.mp3")}


def test_nobody_waits_for_a_take_that_they_do_not_want() -> None:
    first = Progress(TASK, Stage.FIRST, (WHOLE, Clip(id="c2")))
    assert Keeping(Path("s.mp3")).enough(first)
    assert not Keeping(Path("s.mp3"), Take.BOTH).enough(first)
    assert not Keeping(Path("s.mp3"), cover=Path("c.jpg")).enough(first)
    assert not Keeping(Path("s.mp3")).enough(Progress(TASK, Stage.QUEUED))
    assert not Keeping().enough(first)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.mp3", "audio"), ("a.WAV", "wav"), ("a.mp4", "video"), ("a.png", "image"), ("a", "audio")]
)
def test_a_name_tells_what_a_file_should_be(name: str, kind: str) -> None:
    assert kind_of(Path(name)) == kind


@pytest.mark.parametrize(("part", "name"), [("backing_vocals", "backing-vocals"), ("../FX!", "fx"), ("..", "part")])
def test_a_gateways_word_makes_a_harmless_file_name(part: str, name: str) -> None:
    assert stem_name(part) == name


def test_places_are_looked_at_before_anything_is_paid_for(tmp_path: Path) -> None:
    taken = tmp_path / "song.mp3"
    taken.write_bytes(b"old")
    for places, why in [
        ([taken], "there already"),
        ([tmp_path], "no name for a file"),
        ([Path("-")], "no name for a file"),
        ([tmp_path / "a", tmp_path / "a"], "named twice"),
        ([tmp_path / "none" / "a"], "no folder"),
    ]:
        with pytest.raises(Usage, match=why):
            check_free(places, force=False)
    check_free([taken, tmp_path / "new.mp3"], force=True)


def test_a_folder_that_takes_nothing_is_told() -> None:
    with pytest.raises(Usage, match=r"Nothing can be written"):
        check_folder(Path("/proc/self"))  # where not even root can make a file


def test_a_folder_for_stems_is_new_or_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Usage, match="holds files already"):
        check_new_folder(tmp_path, force=False)
    with pytest.raises(Usage, match="is a file"):
        check_new_folder(tmp_path / "file", force=True)
    with pytest.raises(Usage, match="no folder"):
        check_new_folder(tmp_path / "none" / "parts", force=False)
    check_new_folder(tmp_path, force=True)
    check_new_folder(tmp_path / "parts", force=False)


def test_clips_are_told_with_length_and_address_and_no_control_characters() -> None:
    lines = song_outcome(Progress(TASK, Stage.TEXT, (WHOLE, Clip(id="c2"))), []).lines
    assert lines[0] == "1. Rain [31m, 1:01, clip c1"
    assert lines[1].strip() == WHOLE.audio_url
    assert lines[2:4] == ("2. untitled, clip c2", "   no address yet")
    assert lines[4] == "task t1"


def test_a_document_names_each_file_with_its_clip() -> None:
    saved = Saved("take 1", Path("s.mp3"), 9, "audio/mpeg", "00", WHOLE)
    document = song_outcome(Progress(TASK, Stage.COMPLETE, (WHOLE,)), [saved]).document
    assert json.loads(json.dumps(document))["files"][0]["clip_id"] == "c1"


def test_lyrics_keep_their_lines_and_lose_control_characters() -> None:
    outcome = lyrics_outcome(TASK, [Lyrics("la\x1b[2J\nla", "Rain"), Lyrics("na")])
    assert outcome.lines == ("# Rain\n\nla[2J\nla\n", "# untitled\n\nna\n")


def test_lengths_are_told_in_minutes() -> None:
    assert [minutes(59.6), minutes(125)] == ["1:00", "2:05"]
