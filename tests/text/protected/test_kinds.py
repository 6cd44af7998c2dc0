"""A table for each kind of part that no translation may change."""

from __future__ import annotations

import pytest

from nmt.text.protected.parts import as_in_source, missing_parts, protected_parts
from nmt.text.protected.spans import protected_spans
from nmt.text.protected.unspelled import unspelled_parts


def protected(text: str) -> list[str]:
    return [text[span.start : span.end] for span in protected_spans(text)]


PLACEHOLDERS = [
    ("%@ and %1$@, %lld", ["%@", "%1$@", "%lld"]),
    ("%Zd of %li", ["%Zd", "%li"]),
    ("%5.1lf%% of %'d, %*d %zu", ["%5.1lf", "%%", "%'d", "%*d", "%zu"]),
    ("%ds, %dx%d, %.1fkB, %2um %2lus", ["%ds", "%d", "%d", "%.1fkB", "%2um", "%2lus"]),
    ("trust: %d-, %dq, %dn", ["%d", "%dq", "%dn"]),
    ("%ss, %days, %smooth, %sB/s, [%sB]", ["%s", "%sB/s", "%sB"]),
    ("%1 of %L2, %n file(s)", ["%1", "%L2", "%n"]),
    ("%<name>s %{name} %(count)d", ["%<name>s", "%{name}", "%(count)d"]),
    ("%PRODUCTNAME in %APPDATA%", ["%PRODUCTNAME", "%APPDATA%"]),
    ("%H:%M", ["%H", "%M"]),
    ("{0, number} {0, date, short}", ["{0, number}", "{0, date, short}"]),
    ("{ name } {user-name} {items[0]}", ["{ name }", "{user-name}", "{items[0]}"]),
    ("{} {!r} {x:>10}", ["{}", "{!r}", "{x:>10}"]),
    ("{% if user %} {# note #} <%= name %>", ["{% if user %}", "{# note #}", "<%= name %>"]),
    ("$t(common.key), @:message.hello.", ["$t(common.key)", "@:message.hello"]),
    ("$(ARG1) $[name] ${name} #{name}", ["$(ARG1)", "$[name]", "${name}", "#{name}"]),
    ("100% of it, 50% free", ["100%", "50%"]),
    ("{this is a remark}", []),
    ("%%s of %s, 100%%, %%d', %%(then) %%10f", ["%%s", "%s", "100%%", "%%", "%%(then)", "%%10f"]),
    ("flag 0x%02x%02x of %zu, 0x%x", ["0x%02x%02x", "%zu", "0x%x"]),
]  # fmt: skip
NAMES = [
    ("Use `git commit -m x` now, ``a`b``", ["`git commit -m x`", "``a`b``"]),
    ("`print 'a'` or `x`, but `--type' and `name' are quoted, `a'); b`", ["`print 'a'`", "`x`", "--type", "`a'); b`"]),
    ("@anna, @a@b.example, #tag, :smile: 12:30:45", ["@anna", "@a@b.example", "#tag", ":smile:", "12:30:45"]),
    ("C:\\Users\\anna\\report.txt now.", ["C:\\Users\\anna\\report.txt"]),
    ("\\\\server\\share, /etc/hosts, ~/x.y, src/main.py", ["\\\\server\\share", "/etc/hosts", "~/x.y", "src/main.py"]),
    ("Open report.txt. Or example.org!", ["report.txt", "example.org"]),
    ("and/or, he/she", []),
    ("Ctrl+Alt+Del, Ctrl-C, Alt+F4", ["Ctrl+Alt+Del", "Ctrl-C", "Alt+F4"]),
    ("path=/usr/bin x=5. --force -v", ["path=/usr/bin", "x=5", "--force", "-v"]),
    ("with --algorithm={bsd,sysv}, --a=b, c", ["--algorithm={bsd,sysv}", "--a=b"]),
    ("main() std::vector my_var __init__ camelCase", ["main()", "std::vector", "my_var", "__init__", "camelCase"]),
    ("v1.2.3 2.0rc1 UTF-8 ISO-8859-1 AT&T", ["v1.2.3", "2.0rc1", "UTF-8", "ISO-8859-1", "AT&T"]),
    ("+49 30 1234567 or (030) 123456", ["+49 30 1234567", "(030) 123456"]),
    ("+49 (0)30 123456, n° 12, N.º 3, 20 °", ["+49 (0)30 123456", "n° 12", "N.º 3", "20 °"]),
    ("DE89 3704 0044 0532 0130 00", ["DE89 3704 0044 0532 0130 00"]),
    ("d41d8cd98f00b204e9800998ecf8427e", ["d41d8cd98f00b204e9800998ecf8427e"]),
]
SIGNS = [
    ("I paid \u20ac5. It costs 5 \u20ac, $5.99", ["\u20ac5", "5 \u20ac", "$5.99"]),
    ("10 \u00d7 20 cm, 1920x1080", ["10 \u00d7 20 cm", "1920x1080"]),
    ("5 km, 7&nbsp;km, 5 km/h, 20 \u00b0C, 3 MB/s", ["5 km", "7&nbsp;km", "5 km/h", "20 \u00b0C", "3 MB/s"]),
    ("um 5 um 6 pm", ["5", "6"]),
    ("\u00a7 5 \u00a9 2024 Smith\u2122", ["\u00a7", "5", "\u00a9", "2024", "\u2122"]),
    ("\u00bd \u2192 \u2264", ["\u00bd", "\u2192", "\u2264"]),
    ("1 000 m, 20 000", ["1 000 m", "20 000"]),
    ("50 %, 50% and 50\u00a0%", ["50 %", "50%", "50\u00a0%"]),
    ("a | b = c", ["|", "="]),
    ("\u231a\ufe0f\U0001f389^", ["\u231a\ufe0f\U0001f389", "^"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [*PLACEHOLDERS, *NAMES, *SIGNS])
def test_a_part_is_found_whole(text: str, expected: list[str]) -> None:
    assert protected(text) == expected


@pytest.mark.parametrize(
    ("source", "translation", "faults"),
    [
        ("%s of %d", "%d von %s", 1),
        ("%1$s of %2$d", "%2$d von %1$s", 0),
        ("{a} of {b}", "{b} von {a}", 0),
        ("{} of {}", "{} von {}", 0),
        ("<b>x</b>", "</b>x<b>", 1),
        ("<b>x</b>", "<b>x</b></b>", 1),
        ("Hi", "Hallo {name}", 1),
        ("Hi", "Hallo https://example.org", 1),
        ("Two", "2", 0),
        ("%s bytes", "%sbytes", 1),
        ("%ds", "%ds", 0),
        ("50% of", "50 % von", 0),
        ("got %s", "erhielt % %s", 1),
        ("%li packages and %li", "%liment %li und %li", 1),
        ("%d%% of %s", "%d%% von %s", 0),
        ("5 and 5", "5 und", 1),
        ("5", "5 und 5", 1),
    ],
)
def test_loss_invention_and_disorder_are_counted(source: str, translation: str, faults: int) -> None:
    assert missing_parts(protected_parts(source), translation) == faults


@pytest.mark.parametrize(
    ("source", "translation", "expected"),
    [
        ("7\u00a0km", "7 km weit", "7\u00a0km weit"),
        ("1\u202f000", "1 000", "1\u202f000"),
        ("50%", "50 %", "50 %"),
        ("<b>", "< b>", "< b>"),
        ("{ name }", "{name} da", "{ name } da"),
    ],
)
def test_parts_have_the_form_of_the_source(source: str, translation: str, expected: str) -> None:
    assert as_in_source(protected_parts(source), translation) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u6211\u559c\u6b22\u732b and dogs", ["\u6211\u559c\u6b22\u732b"]),
        ("\u0434\u0430 \u0438 \u043d\u0435\u0442 are big", ["\u0434\u0430 \u0438 \u043d\u0435\u0442"]),
        ("Erd\u0151s was here", ["Erd\u0151s"]),
        ("T\u00fcr and caf\u00e9", []),
        ("dogs", []),
        ("\u0939\u093f\u0928\u094d\u0926\u0940 is a language", ["\u0939\u093f\u0928\u094d\u0926\u0940"]),
    ],
)
def test_words_that_the_model_cannot_spell_are_found_whole(text: str, expected: list[str]) -> None:
    def spells(character: str) -> bool:
        return character in "\u00fc\u00e9"

    assert [part.target for part in unspelled_parts(text, spells)] == expected
