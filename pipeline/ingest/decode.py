"""Bytes to text and the codec that proves it: `data.decode(encoding) == text`, newlines untouched."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import regex
from charset_normalizer import from_bytes
from ftfy.badness import badness

from pipeline.errors import InputError
from pipeline.ingest.language import identify, letters_known

# The longer marks first: UTF-32's little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What charset-normalizer may overlook in short texts, most usual first (ties go to the earlier).
_LEGACY = (
    "cp1252", "cp1251", "cp1250", "cp1257", "iso8859-4", "iso8859-13", "iso8859-2", "iso8859-15",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1258", "koi8-r", "koi8-u", "cp874", "latin-1",
    "shift_jis", "euc_jp", "euc_kr", "big5", "gb18030",
)  # fmt: skip
_SIGNATURES = (b"%PDF-", b"PK\x03\x04", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"GIF8", b"\xff\xd8\xff",
               b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x7fELF", b"MZ\x90")  # fmt: skip
_CONTROL = regex.compile(r"[\p{Cc}--[\t\n\v\f\r\x85]]|\p{Cn}|\p{Co}", regex.V1)
_WORD = regex.compile(r"[^\s\x00-\x40\x5b-\x60\x7b-\x7f]*[^\s\x00-\x7f][^\s\x00-\x40\x5b-\x60\x7b-\x7f]*")
_OUTER = "«»‹›“”„‚‘’–—…¿¡\u00ad·•©®™°€£§№"
# A symbol inside a word, a capital after a small letter, the letter that stands at byte 255 of Latin-1,
# a final form amid a word, two scripts in one.
_ILL_FORMED = regex.compile(
    r"[^\p{L}\p{M}\p{N}\x00-\x7f\u2018\u2019\u2010-\u2014\u00ad\u200c\u200d\u00b7\u3000-\u30ff\uff00-\uffef]"
    r"|\p{Ll}\p{Lu}|ÿ|[\u03c2\u05da\u05dd\u05df\u05e3\u05e5\u0629\u0649](?=\p{L})"
    r"|\p{Latin}[\p{Cyrl}\p{Grek}\p{Arab}\p{Hebr}\p{Thai}\u200c-\u200f]|[\p{Cyrl}\p{Grek}\p{Arab}\p{Hebr}\p{Thai}]\p{Latin}"
    r"|[a-z\u00df-\u00ff][\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]|[\p{Han}\p{Hangul}][a-z]"
)
_SAMPLE = 60_000
_CONTROL_SHARE = 0.002
_LEAST_KNOWN = 0.1
_MOST_CHARS, _WORDS_OF_CHAR = 60, 12
_PROPOSED = 0.005
_CLOSE, _LIKELY = 0.15, 0.5


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, and the codec for which `data.decode(encoding) == text`."""

    text: str
    encoding: str


def decode(data: bytes, path: str) -> Decoded:
    """Decode a text file by its byte order mark, as UTF-8, as UTF-16 without mark, or as legacy.

    Raises:
        InputError: the bytes are empty, binary, damaged UTF-8, or fit no known encoding.
    """
    if not data.strip(b"\x00 \t\r\n\v\f"):
        raise InputError("the file is empty", path=path, mend="remove it or give it text")
    if data.startswith(_SIGNATURES):
        raise InputError(
            "not text but a binary format", path=path, mend="convert it to text, Markdown or HTML"
        )
    decoded = _by_mark(data, path) or _as_utf8(data, path) or _as_wide(data) or _as_legacy(data, path)
    shown = decoded.text[:_SAMPLE]
    if len(_CONTROL.findall(shown)) > max(1, _CONTROL_SHARE * len(shown)):
        raise InputError("not text but binary data", path=path, mend="convert it to text, Markdown or HTML")
    if not regex.search(r"[^\s\p{C}]", decoded.text):
        raise InputError("the file is empty", path=path, mend="remove it or give it text")
    return decoded


def _by_mark(data: bytes, path: str) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise _damaged(error, encoding, path) from error
    return None


def _as_utf8(data: bytes, path: str) -> Decoded | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Legacy text is hardly ever valid UTF-8 by chance; a file that mostly is, is damaged UTF-8.
        repaired = data.decode("utf-8", "replace")
        wrong = repaired.count("\ufffd")
        right = sum(char > "\x7f" for char in repaired) - wrong
        if right >= 2 * wrong or (right and wrong == 1):
            raise _damaged(error, "utf-8", path) from error
        return None
    # Wide text of ASCII letters is valid UTF-8 full of NULs.
    return None if "\x00" in text else Decoded(text, "utf-8")


def _damaged(error: UnicodeDecodeError, encoding: str, path: str) -> InputError:
    return InputError(
        f"not valid {encoding}", path=path, place=f"byte {error.start}", mend="save the file again as UTF-8"
    )


def _as_wide(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: one half of the bytes of most scripts repeats a few high bytes."""
    if len(data) % 2 or len(data) < 8:
        return None
    even, odd = data[:_SAMPLE:2], data[1:_SAMPLE:2]
    spaces = {"utf-16-le": (even, odd), "utf-16-be": (odd, even)}
    for encoding, (low, high) in spaces.items():
        newlike = sum(1 for a, b in zip(low, high, strict=False) if b == 0 and a in b" \n\r.,")
        if newlike * 40 >= len(low):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if not _CONTROL.search(text[:_SAMPLE]):
                return Decoded(text, encoding)
    return None


def _as_legacy(data: bytes, path: str) -> Decoded:
    """The legacy codec under which the words read best.

    charset-normalizer proposes, a fixed list completes; each reading is judged by how mojibake-like
    it is (ftfy) and how surely a language identifier knows its words.
    """
    if b"\x00" in data:
        raise InputError("not text but binary data", path=path, mend="convert it to text, Markdown or HTML")
    sample = data[:_SAMPLE]
    proposed = [match.encoding for match in from_bytes(sample)]
    scored: list[tuple[float, str]] = []
    for encoding in dict.fromkeys([*_LEGACY, *(codecs.lookup(name).name for name in proposed)]):
        try:
            reading = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        score = _plausibility(reading[:_SAMPLE]) + (_PROPOSED if encoding in proposed else 0.0)
        scored.append((score, encoding))
    best = max((score for score, _ in scored), default=0.0)
    if best < _LEAST_KNOWN:
        raise InputError("no known text encoding fits", path=path, mend="save the file as UTF-8")
    close = [(score, encoding) for score, encoding in scored if score > best - _CLOSE]
    if best > _LIKELY and len({data.decode(encoding) for _, encoding in close}) > 1:
        close = [(score + _lexical(data.decode(encoding)[:_SAMPLE]), encoding) for score, encoding in close]
    chosen = max(close, key=lambda pair: pair[0])[1]  # the first of equals
    return Decoded(data.decode(chosen), chosen)


def _lexical(text: str) -> float:
    """The share of the words beyond ASCII that a dictionary of the text's language knows, by character."""
    import simplemma

    lang = identify(text).lang
    of_char = _words_by_char(text)
    try:
        known = [
            sum(simplemma.is_known(word.strip(_OUTER), lang=lang, low_memory=True) for word in words)
            / len(words)
            for words in of_char.values()
        ]
    except ValueError:  # a language without a dictionary
        return 0.0
    return sum(known) / max(1, len(known))


def _plausibility(text: str) -> float:
    """From about -1 (gibberish) to 1: how well the words that are not ASCII read.

    Each character beyond ASCII counts once, by the certainty of the words it stands in, so that a
    rare wrong letter (`arbitraa\u00fe` for `arbitraa\u017e`) is not drowned by the frequent right ones.
    """
    of_char = _words_by_char(text)
    if not of_char:
        return 0.0
    odd = sum(sum(map(_ill_formed, words)) / len(words) for words in of_char.values()) / len(of_char)
    known = letters_known([" ".join(words) for words in of_char.values()], text)
    count = sum(len(words) for words in of_char.values())
    controls = len(_CONTROL.findall(text)) / count
    return known - odd - 2 * controls - min(1.0, 0.5 * badness(text) / count)


def _words_by_char(text: str) -> dict[str, list[str]]:
    """Some distinct words for each of the most frequent characters beyond ASCII."""
    of_char: dict[str, dict[str, None]] = {}
    for match in _WORD.finditer(text):
        for char in sorted(set(match.group())):
            if char > "\x7f" and char not in _OUTER:
                of_char.setdefault(char, {})[match.group()] = None
    common = sorted(of_char, key=lambda char: (-len(of_char[char]), char))[:_MOST_CHARS]
    return {char: list(of_char[char])[:_WORDS_OF_CHAR] for char in common}


def _ill_formed(word: str) -> bool:
    return bool(_ILL_FORMED.search(word.strip(_OUTER)))
