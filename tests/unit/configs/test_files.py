"""What may be read as a file: regular ones of a sane size; everything else is refused by name."""

import os
import socket
from pathlib import Path

import pytest

from configs import files
from configs.errors import ConfigError, DataError
from configs.files import expanded, read_file

KEY = "costs.interest.series"


def refusal(path: Path, limit: int = 100) -> str:
    with pytest.raises(DataError) as caught:
        read_file(path, KEY, limit)
    return str(caught.value)


def test_a_regular_file_is_read_whole_up_to_its_limit(tmp_path):
    file = tmp_path / "rates.csv"
    file.write_bytes(b"x" * 100)
    assert read_file(file, KEY, 100) == b"x" * 100
    file.write_bytes(b"x" * 101)
    assert "was more than 100 bytes" in refusal(file)


def test_a_link_to_a_regular_file_is_followed_and_an_empty_file_is_no_error_here(tmp_path):
    (tmp_path / "there.csv").write_bytes(b"")
    (tmp_path / "link.csv").symlink_to("there.csv")
    assert read_file(tmp_path / "link.csv", KEY) == b""


def test_a_folder_a_pipe_a_socket_and_a_device_are_refused_by_name(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        for path, kind in (
            (tmp_path, "a folder"),
            (tmp_path / "pipe.csv", "a named pipe"),
            (tmp_path / "s", "a socket"),
            (Path("/dev/zero"), "a device"),
        ):
            expected = f"{path}: was {kind}; expected the regular file that {KEY} names"
            assert refusal(path) == expected


def test_a_link_to_itself_a_missing_file_and_one_below_a_file_are_refused(tmp_path):
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    (tmp_path / "file.csv").write_bytes(b"x")
    for path in (tmp_path / "loop.csv", tmp_path / "none.csv", tmp_path / "file.csv" / "x.csv"):
        assert refusal(path).startswith(f"{path}: could not be read (")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path):
    file = tmp_path / "rates.csv"
    file.write_bytes(b"x")
    file.chmod(0)
    assert refusal(file).startswith(f"{file}: could not be read (Permission denied)")


def test_what_became_a_pipe_after_the_first_look_is_refused_and_not_waited_for(
    tmp_path, monkeypatch
):
    os.mkfifo(tmp_path / "pipe.csv")
    regular = tmp_path / "file.csv"
    regular.write_bytes(b"x")
    monkeypatch.setattr(Path, "stat", lambda path: os.stat(regular))  # noqa: PTH116
    assert "was a named pipe" in refusal(tmp_path / "pipe.csv")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a\0b", "without control characters"),
        ("a\x1b[2Jb", "without control characters"),
        ("a\nb", "without control characters"),
        ("a\ud800b", "without control characters"),
        ("x" * 256, "names of at most 255 bytes between slashes, not 256"),
        ("é" * 128, "names of at most 255 bytes between slashes, not 256"),
        ("x/" * 501, "at most 1,000 characters, not 1,001"),
        ("~nosuchuser/rates.csv", "this system knows no such home folder"),
    ],
)
def test_a_path_that_no_file_can_have_is_refused_before_the_system_is_asked(path, expected):
    with pytest.raises(ConfigError, match=expected):
        expanded(Path(path))
    assert KEY in refusal(Path(path))


def test_a_home_is_put_in_and_its_absence_is_refused(monkeypatch):
    monkeypatch.setenv("HOME", "/desk")
    assert expanded(Path("~/rates.csv")) == Path("/desk/rates.csv")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(files.os, "getuid", lambda: 4_000_000_000)  # in no list of users
    with pytest.raises(ConfigError, match="no such home folder"):
        expanded(Path("~/rates.csv"))


def test_two_paths_of_the_longest_allowed_sizes_pass():
    assert expanded(Path("x" * 255)) == Path("x" * 255)
    deep = "/".join(["x" * 99] * 10)  # 10 * 99 + 9 = 999 characters
    assert expanded(Path(deep)) == Path(deep)
