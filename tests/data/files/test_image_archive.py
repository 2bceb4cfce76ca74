"""Folders and tars of images: names, validation, damage."""

import gzip
import io
import os
import socket
import tarfile

import numpy as np
import pytest
from support.files import IMAGES, encode_image, pack, put

from rnn_templates.data.files.image_archive import ImageArchive, is_image_archive


def test_files_are_found_by_path_or_by_file_name(tmp_path):
    files = {"deep/er/a.png": encode_image(), "x/b.png": encode_image(), "y/b.png": encode_image(), ".hidden": "x"}
    archive = ImageArchive(put(tmp_path / "i", files))
    assert archive.names == ["deep/er/a.png", "x/b.png", "y/b.png"]
    assert [archive.find(name) for name in ("a.png", "deep/er/a.png", "er/a.png", "none.png")] == [
        ["deep/er/a.png"], ["deep/er/a.png"], [], []
    ]  # fmt: skip
    assert archive.find("b.png") == ["x/b.png", "y/b.png"]


def test_a_folder_or_the_suffix_of_a_tar_is_an_archive(tmp_path):
    assert [is_image_archive(name) for name in (tmp_path, "a.tar", "a.TGZ", "a.tar.bz2", "a.csv", "a.gz")] == [
        True, True, True, True, False, False
    ]  # fmt: skip


def test_a_tar_cannot_reach_outside_and_links_are_left_out(tmp_path):
    names = ("../a.png", "/b.png", "x/../../c.png", ".d.png", "e.png")
    path = pack(tmp_path / "i.tar", [(name, encode_image()) for name in names])
    with tarfile.open(path, "a") as tar:
        link = tarfile.TarInfo("f.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert ImageArchive(path).names == ["e.png"]
    assert [one.name for one in tmp_path.iterdir()] == ["i.tar"]


def test_images_are_validated_once_and_read_as_tensorflow_decodes_them(tmp_path):
    members = {"a.webp": encode_image(40, "WEBP", lossless=True), "cut.jpg": encode_image(9, "JPEG")[:-200], "n": "no"}
    archive = ImageArchive(put(tmp_path, members))
    assert archive.validate("a.webp") is None
    assert archive.read("a.webp")[:4] == b"\x89PNG"
    assert all(archive.validate(name) for name in ("cut.jpg", "n"))


def test_damaged_tars_are_reported(tmp_path):
    members = [(name, np.random.default_rng(1).bytes(4000)) for name in IMAGES]
    whole = pack(tmp_path / "whole.tar", members).read_bytes()
    compressed = pack(tmp_path / "whole.tar.gz", members, "w:gz").read_bytes()
    header = bytearray(whole)
    header[4608 + 100] ^= 64  # in the second header
    damaged = {
        "data.tar": whole[:6000],
        "header.tar": whole[: 4608 + 100],
        "flipped.tar": bytes(header),
        "cut.tar.gz": compressed[: len(compressed) // 2],
        "text.tar": b"no tar\n" * 200,
        "empty.tar": b"",
    }
    for name in put(tmp_path, damaged) and damaged:
        with pytest.raises(ValueError, match=rf"{name} is no tar, or truncated or damaged \("):
            ImageArchive(tmp_path / name)


def test_an_empty_or_missing_archive_is_reported(tmp_path):
    pack(tmp_path / "nothing.tar", [])
    (tmp_path / "hollow").mkdir()
    for name in ("nothing.tar", "hollow"):
        with pytest.raises(ValueError, match=f"{name}: there are no files in it"):
            ImageArchive(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="none.tar"):
        ImageArchive(tmp_path / "none.tar")


def test_pipes_devices_and_sockets_in_a_folder_are_not_read(tmp_path):
    folder = put(tmp_path / "i", {"a.png": encode_image()})
    os.mkfifo(folder / "pipe.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "link.png").symlink_to(folder / "a.png")
    (folder / "lost.png").symlink_to(folder / "nothing.png")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket.png"))
        archive = ImageArchive(folder)
        reasons = {name: archive.validate(name) for name in archive.names}
    assert reasons.pop("a.png") is None and reasons.pop("link.png") is None
    assert "There is no file" in reasons.pop("lost.png")
    kinds = {"pipe.png": "a named pipe", "zero.png": "a device", "socket.png": "a socket"}
    assert reasons.keys() == kinds.keys() and all(kind in reasons[name] for name, kind in kinds.items())


def test_an_image_larger_than_the_limit_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_TEMPLATES_MAX_IMAGE_BYTES", "1000")
    noise = np.random.default_rng(1).bytes(1001)
    archive = ImageArchive(put(tmp_path / "i", {"a.png": encode_image(), "big.png": noise}))
    assert archive.validate("a.png") is None
    assert "1,001 bytes, and the limit is 1,000 (RNN_TEMPLATES_MAX_IMAGE_BYTES" in archive.validate("big.png")
    with pytest.raises(ValueError, match="big.png has 1,001 bytes"):
        ImageArchive(pack(tmp_path / "i.tar", [("a.png", encode_image()), ("big.png", noise)]))


def test_a_tar_that_expands_to_gigabytes_does_not_fill_the_memory(tmp_path):
    bomb = tarfile.TarInfo("a.png")
    bomb.size = 1 << 27
    packed = gzip.compress(bomb.tobuf() + bytes(bomb.size), 1)
    path = tmp_path / "i.tar.gz"
    path.write_bytes(packed)
    with pytest.raises(ValueError, match="times its compressed size, and the limit is 200"):
        ImageArchive(path)
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 40
    path = tmp_path / "h.tar"
    path.write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(io.DEFAULT_BUFFER_SIZE))
    with pytest.raises(ValueError, match="a header of 1,099,511,627,776 bytes"):
        ImageArchive(path)
