"""The film: French speech and pictures, in a form that a publisher can send without encoding."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops

from live.media.file_source import FileSource
from portal.demo import lettering, voice
from portal.demo.film import KEYFRAME_S, make_film
from portal.demo.look import palette
from portal.demo.scripts import COUNCIL, HEARING, Scene, Script
from portal.demo.slides import HEIGHT, WIDTH, Bars, Cover, Overlay, Slide

SHORT = Script(
    "court",
    "Commune d’essai",
    (Scene(Cover("Séance"), "La séance est ouverte."), Scene(Slide("Fin"), "Elle est levée.")),
    seconds=6,
)


def loudness(samples: array[int]) -> float:
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples)))


def test_the_voice_is_french_and_heard():
    said = voice.speak("La séance est ouverte.")
    assert 0.8 < len(said) / voice.SAMPLE_RATE < 4
    assert loudness(said) > 500
    assert voice.language("fr") == "fr-fr"
    assert voice.language("fr+f3") == "fr-fr"


def test_the_voice_reads_french_not_english():
    # "Oiseau" has two syllables in French; an English voice makes another sound of it.
    assert voice.speak("oiseau") != voice.speak("oiseau", voice="en")
    assert voice.language("en") != "fr-fr"


def test_two_speakers_sound_different():
    assert voice.speak("Merci.") != voice.speak("Merci.", voice="fr+f3")


def test_an_unknown_voice_is_refused():
    with pytest.raises(voice.VoiceError, match="zz"):
        voice.speak("Bonjour", voice="zz")


@pytest.mark.parametrize("letter", "éèêëàâùûîïôçÉÈÀÇ")
def test_accents_are_drawn(letter):
    plain = {"é": "e", "è": "e", "ê": "e", "ë": "e", "à": "a", "â": "a", "ù": "u", "û": "u"}
    plain |= {"î": "i", "ï": "i", "ô": "o", "ç": "c", "É": "E", "È": "E", "À": "A", "Ç": "C"}
    accented, bare = lettering.mask(letter, 40), lettering.mask(plain[letter], 40)
    assert accented.size == bare.size
    difference = ImageChops.difference(accented, bare).getbbox()
    assert difference is not None
    # What differs is the mark: above the small letters' height (or below the line), not the body.
    if letter not in "çÇîï":
        assert difference[3] < 40 * 1.2 - 12


def test_lines_are_broken_to_fit():
    lines = lettering.wrap("Réfection du marché central et cantines scolaires", 30, 300)
    assert len(lines) > 1
    assert all(lettering.width(line, 30) <= 300 for line in lines)


@pytest.mark.parametrize("script", [HEARING, COUNCIL], ids=lambda script: script.name)
def test_slides_stay_within_their_frame(script):
    for scene in script.scenes:
        slide, ground = scene.slide.draw(script.commune), palette()["paper"]
        assert slide.size == (WIDTH, HEIGHT)
        edges = slide.crop((WIDTH - 12, 60, WIDTH, HEIGHT - 90))
        assert edges.getcolors() == [
            (edges.width * edges.height, Image.new("RGB", (1, 1), ground).getpixel((0, 0)))
        ]
        for text in (scene.slide.heading, *scene.slide.points):
            assert lettering.width(text, 19) < WIDTH - 60


def test_the_clock_runs():
    slide = Bars("Où va l’argent", bars=(("Voirie", 2), ("Écoles", 1))).draw("Commune")
    first, second = slide.copy(), slide.copy()
    Overlay(7, 0.0, 0.1).draw(first)
    Overlay(8, 0.0, 0.1).draw(second)
    assert ImageChops.difference(first, second).getbbox() is not None


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(SHORT, tmp_path_factory.mktemp("film"))


def test_the_film_has_what_a_publisher_needs(film):
    with av.open(str(film)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert container.format.name == "mpegts"
        assert video.codec_context.name == "h264"
        assert "Baseline" in (video.codec_context.profile or "")
        assert (video.codec_context.width, video.codec_context.height) == (WIDTH, HEIGHT)
        assert audio.codec_context.name == "opus"
        assert audio.codec_context.sample_rate == 48000


def test_keyframes_come_every_two_seconds_with_their_parameters(film):
    keys: list[int] = []
    stamps: list[int] = []
    with av.open(str(film)) as container:
        for packet in container.demux(video=0):
            if not packet.size or packet.pts is None:
                continue
            stamps.append(packet.pts)
            assert packet.pts == packet.dts, "no frame may be shown out of order"
            if packet.is_keyframe:
                keys.append(packet.pts)
                assert {7, 8, 5} <= set(nal_types(bytes(packet))), "SPS, PPS, IDR"
    assert {after - before for before, after in pairwise(keys)} == {KEYFRAME_S * 90000}
    assert {after - before for before, after in pairwise(stamps)} == {7200}
    assert len(stamps) == SHORT.seconds * 12.5


def nal_types(data: bytes) -> Iterator[int]:
    """Types of the NAL units of an access unit in Annex B form (H.264 § 7.3.1, B.1)."""
    at = data.find(b"\x00\x00\x01")
    while at >= 0:
        yield data[at + 3] & 31
        at = data.find(b"\x00\x00\x01", at + 3)


def test_the_film_speaks_and_shows(film):
    sound: array[int] = array("h")
    with av.open(str(film)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16000)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                sound.frombytes(bytes(part.planes[0])[: 2 * part.samples])
    assert len(sound) / 16000 == pytest.approx(SHORT.seconds, abs=0.1)
    second = [loudness(sound[i * 4000 : (i + 1) * 4000]) for i in range(SHORT.seconds * 4)]
    assert max(second) > 500, "somebody speaks"
    assert min(second) < 50, "and pauses"
    with av.open(str(film)) as container:
        first = next(container.decode(video=0)).to_image()
    assert ImageChops.difference(first, Image.new("RGB", first.size, "#000000")).getbbox()
    paper = first.getpixel((320, 200))
    wanted = tuple(int(palette()["paper"][i : i + 2], 16) for i in (1, 3, 5))
    assert all(abs(a - b) < 12 for a, b in zip(paper, wanted, strict=True))


def test_a_loop_lasts_as_long_as_the_film(film):
    source = FileSource(film)
    assert source.length == pytest.approx(SHORT.seconds, abs=0.02)


def test_a_film_is_made_once(tmp_path):
    path = make_film(SHORT, tmp_path)
    before = path.stat().st_mtime_ns
    assert make_film(SHORT, tmp_path) == path
    assert path.stat().st_mtime_ns == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_speech_that_does_not_fit_is_refused(tmp_path):
    talkative = Script("long", "Commune", (Scene(Slide("Long"), "Bonjour. " * 40),), seconds=4)
    with pytest.raises(ValueError, match="too long"):
        make_film(talkative, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("script", [HEARING, COUNCIL], ids=lambda script: script.name)
def test_the_real_scripts_fit(script):
    said = sum(len(voice.speak(scene.speech, voice=scene.voice)) for scene in script.scenes)
    silence = script.lead_s + 0.8 * len(script.scenes)
    assert said / voice.SAMPLE_RATE + silence < script.seconds
    assert script.seconds % KEYFRAME_S == 0
    assert COUNCIL.seconds <= 75
