"""The file of secrets for docker-compose.yml: made once, kept, never readable by others."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from local.env_file import complete
from local.errors import CannotStart
from shared.settings import Issuer
from shared.web.identity import Identity, Signer, Verifier

EXAMPLE = "# where\nFICHA_PORT=8000\n\n# secret\nA_PASSWORD=\nA_PRIVATE_KEY=\nA_PUBLIC_KEY=\n"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / ".env.example"
    path.write_text(EXAMPLE)
    return path


def test_what_is_empty_is_filled_in_and_all_else_stays(example: Path, tmp_path: Path) -> None:
    target = tmp_path / ".env"
    assert complete(example, target) == ["A_PASSWORD", "A_PRIVATE_KEY", "A_PUBLIC_KEY"]
    first = target.read_text()
    assert first.startswith("# where\nFICHA_PORT=8000\n")
    assert target.stat().st_mode & 0o077 == 0
    assert complete(example, target) == []
    assert target.read_text() == first


def test_two_installations_share_no_secret(example: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        complete(example, tmp_path / name)
    one, other = (dotenv_values(tmp_path / name) for name in ("one", "other"))
    assert [name for name in one if one[name] == other[name]] == ["FICHA_PORT"]


def test_the_halves_of_a_pair_fit(example: Path, tmp_path: Path) -> None:
    complete(example, tmp_path / ".env")
    made = dotenv_values(tmp_path / ".env")
    private, public = made["A_PRIVATE_KEY"], made["A_PUBLIC_KEY"]
    assert private
    assert public
    token = Signer("a", private).token(Identity(None, "service:a", frozenset({"x:read"})), "b")
    assert Verifier("b", {"a": Issuer(public_key=public)}).identify(token).actor == "service:a"


def test_half_a_pair_is_refused(example: Path, tmp_path: Path) -> None:
    target = tmp_path / ".env"
    target.write_text("A_PRIVATE_KEY=mine\n")
    with pytest.raises(CannotStart, match="A_PUBLIC_KEY is empty"):
        complete(example, target)
    assert target.read_text() == "A_PRIVATE_KEY=mine\n"


def test_what_a_newer_example_has_is_added(example: Path, tmp_path: Path) -> None:
    target = tmp_path / ".env"
    complete(example, target)
    example.write_text(f"{EXAMPLE}B_PASSWORD=\nB_PORT=1\n")
    assert complete(example, target) == ["B_PASSWORD"]
    assert dotenv_values(target)["B_PORT"] == "1"
