"""Models in user agents and host names: forms real apps send, and hostile ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.useragents import MODEL_TEXT, MODELS, model_of_agent, model_of_host_name, models_of


@pytest.mark.parametrize(
    ("text", "model"),
    [
        (
            "Dalvik/2.1.0 (Linux; U; Android 10; Redmi Note 9 Pro MIUI/V12.0.3.0)",
            "Redmi Note 9 Pro",
        ),
        ("Dalvik/2.1.0 (Linux; U; Android 9; SM-A205F Build/PPR1.180610.011)", "SM-A205F"),
        ("Mozilla/5.0 (Linux; Android 9; Nokia 2.2) AppleWebKit/537.36", "Nokia 2.2"),
        ("x (Linux; U; Android 10; en_US; CPH2185; Build/QP1A; Cronet/TTNet)", "CPH2185"),
        ("Mozilla/5.0 (Linux; U; Android 4.4; zh-Hans-CN; vivo Y27 Build/K) UCB", "vivo Y27"),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36", None),
        ("Mozilla/5.0 (Android 10; Mobile; rv:68.0) Gecko/68.0 Firefox/68.0", None),
        ("Mozilla/5.0 (Linux; Android 13; wv) x", None),
        ("Instagram 7.1 Android (19/4.4; 480dpi; 1080x1920; samsung; GT-I9505; jflte)", "GT-I9505"),
        ("[FBAN/FB4A;FBAV/1.0;FBDV/RMX2001;FBMF/realme;]", "RMX2001"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)", "iPhone"),
        ("app/1.0 iOS/16.1 Device/iPhone10,4", "iPhone10,4"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/60.0", None),
        ("okhttp/3.12.1", None),
        ("", None),
        ("(((Android ", None),
    ],
)
def test_models_of_user_agents(text: str, model: str | None) -> None:
    assert model_of_agent(text) == model


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("Redmi-Note-9-Pro", "Redmi-Note-9-Pro"),
        ("Galaxy-A20.local", "Galaxy-A20"),
        ("iPhone-of-somebody.local", "iPhone"),
        ("android-0123456789abcdef", None),
        ("somebodys-laptop", None),
    ],
)
def test_models_of_host_names(text: str, model: str | None) -> None:
    assert model_of_host_name(text) == model


def test_each_model_once_and_capped() -> None:
    agents = [("user_agent", f"Dalvik/2 (Linux; U; Android 9; M{i} Build/X)") for i in range(20)]
    models = models_of([*agents[:1], *agents, ("dhcp_vendor_class", "android-dhcp-9")])
    assert models == [f"M{i}" for i in range(MODELS)]


@given(st.text(max_size=300), st.sampled_from(["", "(Linux; Android 9; ", "Android (1;2dpi;"]))
def test_any_text_gives_a_short_printable_model_or_none(tail: str, head: str) -> None:
    for model in (model_of_agent(head + tail), model_of_host_name(head + tail)):
        assert model is None or (0 < len(model) <= MODEL_TEXT and model.isprintable())
