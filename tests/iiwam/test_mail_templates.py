from django.template import engines

LETTER = {
    "subject": "Action needed: one file is missing",
    "action_url": "https://example.org/applications/AP-1/",
    "action_label": "Upload page 2",
    "facts": [("Reference", "AP-1"), ("Intake", "15 March 2027")],
}


def letter(kind, **changes):
    source = f'{{% extends "mail/base.{kind}" %}}{{% block body %}}Dear {{{{ name }}}},{{% endblock %}}'
    return engines["django"].from_string(source).render({**LETTER, "name": "A & B", **changes})


def test_both_twins_carry_the_same_words():
    for words in (
        "Action needed: one file is missing",
        "Upload page 2",
        LETTER["action_url"],
        "Reference",
        "AP-1",
    ):
        assert words in letter("html")
        assert words in letter("txt")


def test_plain_letter_is_not_escaped():
    assert "Dear A & B," in letter("txt")
    assert "Dear A &amp; B," in letter("html")


def test_letter_without_action_has_no_empty_button():
    assert "<a " not in letter("html", action_url="", facts=[])
    assert "None" not in letter("txt", action_url="", facts=[])


def test_letter_loads_nothing_from_afar():
    assert "src=" not in letter("html")
    assert "url(" not in letter("html")
