"""French speech made on this machine by eSpeak NG, without network.

The library comes with `espeakng-loader`; it is called through ctypes as `speak_lib.h` describes.
"""

from __future__ import annotations

import ctypes
import threading
from array import array
from typing import Any

import espeakng_loader

#: Samples per second of what `speak` returns.
SAMPLE_RATE = 22050
#: Words per minute: slower than eSpeak's own 175, so that it can be followed.
WORDS_PER_MINUTE = 145

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples go to the callback, on the caller's thread
_CHARS_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class _Voice(ctypes.Structure):
    """The head of `espeak_VOICE`."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
    )


class VoiceError(RuntimeError):
    """eSpeak NG refused: no library, no data, no such voice."""


class _Engine:
    """eSpeak NG has one global state: one engine per process, one caller at a time."""

    def __init__(self) -> None:
        library = espeakng_loader.load_library()
        if library is None:
            raise VoiceError("the eSpeak NG library cannot be loaded")
        self._library: Any = library
        self._library.espeak_GetCurrentVoice.restype = ctypes.POINTER(_Voice)
        data = str(espeakng_loader.get_data_path()).encode()
        rate = self._library.espeak_Initialize(_SYNCHRONOUS, 200, data, 0)
        if rate != SAMPLE_RATE:
            raise VoiceError(f"eSpeak NG speaks at {rate} Hz")
        self._samples = array("h")
        # Kept on the instance: ctypes does not hold a reference to callbacks.
        self._callback = _Callback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, wave: Any, count: int, _events: int | None) -> int:
        if wave and count > 0:
            self._samples.frombytes(ctypes.string_at(wave, 2 * count))
        return 0

    def speak(self, text: str, voice: str, rate: int, pitch: int) -> array[int]:
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise VoiceError(f"no voice {voice!r}")
        self._library.espeak_SetParameter(_RATE, rate, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        self._library.espeak_SetParameter(_RANGE, 55, 0)
        self._samples = array("h")
        raw = text.encode()
        code = self._library.espeak_Synth(
            raw, ctypes.c_size_t(len(raw) + 1), 0, 0, 0, _CHARS_UTF8, None, None
        )
        if code != 0:
            raise VoiceError(f"eSpeak NG answered {code}")
        self._library.espeak_Synchronize()
        return self._samples

    def language(self) -> str:
        # A list of (priority byte, name): the first name is the voice's own language.
        voice = self._library.espeak_GetCurrentVoice().contents
        return bytes(voice.languages or b"")[1:].decode()


_lock = threading.Lock()
_engine: _Engine | None = None


def _ready() -> _Engine:
    global _engine
    if _engine is None:
        _engine = _Engine()
    return _engine


def speak(
    text: str, *, voice: str = "fr", rate: int = WORDS_PER_MINUTE, pitch: int = 45
) -> array[int]:
    """Mono 16-bit samples at `SAMPLE_RATE` of `text` read aloud.

    `voice` is a language, with a variant after a plus where wanted (`fr+f3`); `rate` in words per
    minute; `pitch` from 0 to 99. Raises `VoiceError`.
    """
    with _lock:
        return _ready().speak(text, voice, rate, pitch)


def language(voice: str) -> str:
    """The language (BCP 47) that eSpeak NG really uses for `voice`; raises `VoiceError`."""
    with _lock:
        engine = _ready()
        engine.speak("", voice, WORDS_PER_MINUTE, 45)
        return engine.language()
