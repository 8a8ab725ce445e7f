"""Which passwords are refused: what somebody would guess first, whatever it is decorated with."""

import secrets
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.errors import Invalid
from shared.passwords.rules import NewPassword, demand_strong, lack_of, weakness

ABOUT = ("Ana Ruiz Peñalver", "ana.ruiz@ferreteria-ruiz.es", "Ferretería Ruiz, S.L.", None)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password1234!",
        "P@ssw0rd12345",
        "contraseña123",
        "Contraseña2024!",
        "contrasena1234",
        "contrasenya2026",
        "micontraseña1",
        "123456789012",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "abcdefghijkl",
        "aaaaaaaaaaaa",
        "passwordpassword",
        "Administrador1",
        "adminadmin123",
        "Bienvenido2026",
        "barcelona2026!",
        "realmadrid1902",
        "tequieromucho1",
        "iloveyou1234",
        "Septiembre2026",
        "fichaficha123",
        "changeme12345",
        "letmein123456",
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    assert weakness(password) == "password_common"


@pytest.mark.parametrize(
    "password",
    [
        "FerreteriaRuiz24",
        "ferretería ruiz",
        "ferreteriaruizsl",
        "ana.ruiz@ferreteria-ruiz.es",
        "Peñalver2026!!",
        "penalver-1234",
        "AnaRuizPenalver",
        "Ferreteria!2026",
    ],
)
def test_names_of_the_person_and_the_organisation_are_refused(password: str) -> None:
    assert weakness(password, about=ABOUT) in ("password_personal", "password_common")
    with pytest.raises(Invalid) as refused:
        demand_strong("new_password", password, about=ABOUT)
    assert [error.field for error in refused.value.errors] == ["new_password"]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "sol luna mar cielo",
        "una-clave-del-equipo",
        "trompeta verde camión",
        "夏の海は静かに光る窓と猫の道",
        "Rk4!vTq9zLw2",
        "the quick gardener of Ana",
    ],
)
def test_several_unrelated_words_are_taken(password: str) -> None:
    assert weakness(password, about=ABOUT) is None


def test_made_up_ones_are_taken_and_nothing_takes_long() -> None:
    for _ in range(200):
        assert weakness(secrets.token_urlsafe(12), about=ABOUT) is None
    started = time.process_time()
    weakness("aB3$" * 50, about=("x" * 200,) * 5)
    assert time.process_time() - started < 1


@given(st.text(min_size=1, max_size=200), st.lists(st.text(max_size=50), max_size=4))
def test_no_text_of_any_script_breaks_the_rule(password: str, about: list[str]) -> None:
    assert weakness(password, about=about) in (None, "password_common", "password_personal")


@pytest.mark.parametrize(
    ("password", "taken"), [("x" * 11, False), ("x" * 12, True), ("x" * 200, True), ("x" * 201, False)]
)
def test_the_length_is_part_of_the_shape(password: str, taken: bool) -> None:
    try:
        TypeAdapter(NewPassword).validate_python(password)
    except ValidationError:
        assert not taken
    else:
        assert taken


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=220),
        st.builds(str.__mul__, st.sampled_from(["Ruiz", "contraseña", "violeta cuchara "]), st.integers(1, 20)),
    )
)
def test_what_is_said_while_typing_is_what_setting_it_says(password: str) -> None:
    try:
        TypeAdapter(NewPassword).validate_python(password)
        demand_strong("password", password, about=ABOUT)
    except ValidationError as error:
        refused: str | None = error.errors()[0]["type"]
    except Invalid as error:
        refused = error.errors[0].code
    else:
        refused = None
    assert lack_of(password, about=ABOUT) == refused
