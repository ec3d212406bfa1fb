"""Bytes to text: every encoding gives the very text, every bad file its own error."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.config import IngestSettings
from pipeline.errors import InputError
from pipeline.ingest import read_document

ESTONIAN = (
    "Erinevus BPO ja KPO vahel\r\n\r\nTöötajad võtavad üle kõik äriprotsessid, et kulusid kärpida. "
    "Kulude arbitraaž ja šokolaaditööstus käivad käsikäes, kuid žanr jääb tšekkide hooleks. Šveitsi "
    "ettevõtted kasutavad allhanget järjest rohkem, sest žürii hindas nende projekte kõrgelt.\r"
)
RUSSIAN = "Что такое аутсорсинг?\n\nКомпания передаёт часть работы поставщику, чтобы снизить затраты.\n"
ICELANDIC = (
    "Hvað er útvistun?\n\nFyrirtækið felur öðrum þau verk sem krefjast sérþekkingar á tilteknu sviði.\n"
)
POLISH = "Różnica między BPO a KPO\n\nFirmy zlecają pracę specjalistom, aby obniżyć koszty.\n"
GREEK = "Η εξωτερική ανάθεση διαδικασιών γνώσης απαιτεί εξειδικευμένο προσωπικό με υψηλή κατάρτιση.\n"
JAPANESE = "ナレッジ・プロセス・アウトソーシングとは、専門知識を必要とする業務を外部に委託することである。\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((ESTONIAN, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        *((ESTONIAN, name) for name in ("cp1252", "iso8859-4", "iso8859-13", "cp1257", "iso8859-15")),
        *((RUSSIAN, name) for name in ("utf-8", "utf-8-sig", "utf-16-le", "cp1251", "koi8-r")),
        *((ICELANDIC, name) for name in ("cp1252", "latin-1", "utf-16-be")),
        (POLISH, "cp1250"),
        (GREEK, "cp1253"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_the_text_is_the_decoded_file(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    document = read_document(data, "a.txt", IngestSettings())
    assert document.text == text
    assert data.decode(document.encoding) == document.text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"%PDF-1.7 ...", "binary"),
        (b"PK\x03\x04abc", "binary"),
        (b"\x00\x01\x02\x03" * 100, "binary"),
        (random.Random(1).randbytes(4_000), "binary"),  # noqa: S311
        (bytes(byte | 128 for byte in random.Random(2).randbytes(500)), "encoding"),  # noqa: S311
        ("põhineb reeglitel ja õigusel ".encode() * 5 + b"\xff", "not valid utf-8"),
        ("Tere".encode("utf-16") + b"\x00", "not valid utf-16"),
    ],
)
def test_a_bad_file_has_its_error_with_place_and_mend(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_document(data, "folder/a.txt", IngestSettings())
    assert caught.value.path == "folder/a.txt"
    assert caught.value.mend
    assert "\n" not in str(caught.value)


def test_a_huge_file_is_refused_by_the_configured_limit() -> None:
    with pytest.raises(InputError, match=r"limit of 10.*max_bytes"):
        read_document(b"12345678901", "a.txt", IngestSettings(max_bytes=10))


def test_mojibake_is_flagged_and_left() -> None:
    text = "Äriprotsesside sisseostmine on töö".encode().decode("cp1252") + " ja muu tekst.\n"
    document = read_document(text.encode(), "a.txt", IngestSettings())
    assert document.text == text
    assert "mojibake" in document.flags
    assert read_document(ESTONIAN.encode(), "a.txt", IngestSettings()).flags == ()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_read_or_refused_with_our_own_error(data: bytes) -> None:
    try:
        document = read_document(data, "a", IngestSettings())
    except InputError:
        return
    if not document.layered:
        assert data.decode(document.encoding) == document.text
