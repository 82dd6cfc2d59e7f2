"""What a package may be, how its bytes become text, and what is refused unread."""

from __future__ import annotations

import codecs
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccr.adapters.packages import sniff
from ccr.adapters.packages.sniff import decode, open_package, sniff_delimiter
from ccr.domain.errors import InvalidInputError


def make_zip(path: Path, files: dict[str, bytes], *, level: int = 9) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_folder_gives_its_data_files_by_name(tmp_path: Path) -> None:
    for name in ("Services.CSV", "a.json", "notes.txt", "datapackage.json", ".hidden.csv"):
        (tmp_path / name).write_bytes(b"id\n1\n")
    assert [file.name for file in open_package(tmp_path)] == ["a.json", "services.csv"]


def test_a_zip_with_a_folder_inside_is_the_same_package(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "p.zip",
        {"export/services.csv": b"id\n1\n", "__MACOSX/export/._services.csv": b"x"},
    )
    assert [(f.name, f.content) for f in open_package(path)] == [("services.csv", b"id\n1\n")]


@pytest.mark.parametrize(
    "name",
    [
        "../services.csv",
        "/etc/services.csv",
        "C:\\services.csv",
        "a/../../services.csv",
        "..\\services.csv",
    ],
)
def test_a_zip_that_names_files_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path / "p.zip", {name: b"id\n1\n"})
    with pytest.raises(InvalidInputError, match="outside itself"):
        open_package(path)


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("services.csv")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(InvalidInputError, match="outside itself"):
        open_package(tmp_path / "p.zip")


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("id\n1\n")
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "services.csv").symlink_to(secret)
    with pytest.raises(InvalidInputError, match="no CSV or JSON"):
        open_package(folder)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "bomb.zip", {"services.csv": b"0" * 60_000_000})
    assert path.stat().st_size < 100_000
    with pytest.raises(InvalidInputError, match="too large"):
        open_package(path)


def test_a_zip_that_lies_about_its_size_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sniff, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(sniff, "_refuse_unsafe", lambda entry: None)
    path = make_zip(tmp_path / "p.zip", {"services.csv": b"x" * 2000})
    with pytest.raises(InvalidInputError, match="too large"):
        open_package(path)


def test_a_package_over_the_cap_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniff, "MAX_PACKAGE_BYTES", 10)
    (tmp_path / "services.csv").write_bytes(b"id\n" + b"1\n" * 10)
    with pytest.raises(InvalidInputError, match="too large"):
        open_package(tmp_path)


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "p.zip", {"services.csv": os.urandom(5000)})
    content = bytearray(path.read_bytes())
    content[100:200] = b"\0" * 100
    path.write_bytes(bytes(content))
    with pytest.raises(InvalidInputError, match="damaged"):
        open_package(path)


def test_a_spreadsheet_is_refused_with_advice(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "p.xlsx", {"xl/workbook.xml": b"<x/>"})
    with pytest.raises(InvalidInputError, match="save its sheets as CSV"):
        open_package(path)


def test_two_files_of_one_name_in_a_zip_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "p.zip", {"a/services.csv": b"id\n", "b/services.csv": b"id\n"})
    with pytest.raises(InvalidInputError, match=r"Two files in this ZIP are named services\.csv"):
        open_package(path)


@pytest.mark.parametrize("name", ["missing", "notes.txt"])
def test_what_is_no_package_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InvalidInputError):
        open_package(tmp_path / name)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_encoding_gives_the_same_text(encoding: str) -> None:
    text = "id,name\n1,Café\n2," + "x" * 50
    assert decode(text.encode(encoding), "services.csv").text == text


def test_cp1252_is_read_and_counted() -> None:
    found = decode("id,name\n1,Café “A”\n".encode("cp1252"), "services.csv")
    assert (found.text, found.encoding, found.repaired) == ("id,name\n1,Café “A”\n", "cp1252", 3)


def test_one_file_may_mix_utf_8_and_cp1252() -> None:
    mixed = "é,".encode() + "é\n".encode("cp1252")
    assert decode(mixed, "services.csv").text == "é,é\n"


@pytest.mark.parametrize(
    "content",
    [
        "id,name\n1,é".encode()[:-1],
        codecs.BOM_UTF16_LE + b"i\0d\0\n",
        os.urandom(64) + b"\0" * 64,
        b"GARBAGE" + bytes(range(32)) * 8,
    ],
)
def test_what_is_cut_off_or_not_text_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInputError, match="cut off, or is not a text"):
        decode(content, "services.csv")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id,name\n1;2;3;4,5", ","),
        ("id;name\n", ";"),
        ("id\tname\n", "\t"),
        ("id|name", "|"),
        ('"a;b;c",name\n', ","),
        ("id\n1\n", ","),
        ("\r\n\r\nid;name\r\n", ";"),
    ],
)
def test_the_delimiter_is_told_from_the_header(text: str, delimiter: str) -> None:
    assert sniff_delimiter(text) == delimiter


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    try:
        text = decode(content, "f.csv").text
    except InvalidInputError:
        return
    assert isinstance(text, str)
    text.encode("utf-8")
