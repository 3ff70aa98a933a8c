"""What a running server answers to what cannot be done, and to those who send only that."""

import asyncio

import pytest

from live.protocol.frames import MAX_COMMAND_BYTES
from live.transport.limits import MAX_BAD_FRAMES

TEXT = "Quand l'éclairage de la rue 12 sera-t-il rétabli ?"


async def test_visitors_are_asked_to_sign_in(palabre, sitting):
    async with await palabre.ws(sitting) as socket:
        refused = await socket.ask("question.submit", text=TEXT)
        assert refused["code"] == "sign_in"
        assert refused["message"] == "Connectez-vous pour participer."


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("rubbish", "malformed"),
        ("[]", "malformed"),
        ('{"id":"short"}', "malformed"),
        ('{"id":"long-enough","command":"x","args":{},"more":1}', "malformed"),
        ('{"id":"long-enough","command":"no.such.thing","args":{}}', "unknown_command"),
        ('{"id":"long-enough","command":"question.submit","args":{}}', "invalid"),
        (
            '{"id":"long-enough","command":"question.submit","args":{"text":"Bonjour ?","x":1}}',
            "invalid",
        ),
        (
            '{"id":"long-enough","command":"question.support","args":{"question":987654}}',
            "not_found",
        ),
        ("x" * (MAX_COMMAND_BYTES + 1), "too_large"),
    ],
)
async def test_what_cannot_be_done_is_answered_with_a_code_and_the_connection_goes_on(
    palabre, sitting, citizen, frame, code
):
    async with await palabre.ws(sitting, citizen) as socket:
        await socket.ready()
        await socket.connection.send(frame)
        refused = (await socket.until("a refusal", lambda s: s.of("refused")))[0]
        assert refused["code"] == code
        assert refused["message"]
        assert (await socket.do("question.submit", text=TEXT))["state"] == "pending"


async def test_who_sends_only_rubbish_is_sent_away(palabre, sitting):
    async with await palabre.ws(sitting) as socket:
        for _ in range(MAX_BAD_FRAMES + 2):
            await socket.connection.send("rubbish")
        assert await socket.closed() == 4400


async def test_too_many_questions_are_refused_with_the_time_to_wait(palabre, sitting, citizen):
    async with await palabre.ws(sitting, citizen) as socket:
        refused = None
        for n in range(12):
            answer = await socket.ask("question.withdraw", question=10_000_000 + n)
            assert answer["code"] == "not_found"
        for n in range(10):
            answer = await socket.ask("question.submit", text=f"{TEXT} {n}")
            if answer["type"] == "refused":
                refused = answer
        assert refused is not None
        assert refused["code"] == "too_often"
        assert 0 < refused["retry_after"] <= 60


async def test_many_commands_at_once_are_all_answered(palabre, sitting, citizen):
    async with await palabre.ws(sitting, citizen) as socket:
        await socket.ready()
        sent = [await socket.send("question.support", question=5_000_000 + n) for n in range(60)]
        answers = await asyncio.gather(*(socket.answer(command) for command in sent))
        assert {answer["type"] for answer in answers} == {"refused"}
