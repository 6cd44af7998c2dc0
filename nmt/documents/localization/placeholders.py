"""Parts of messages that programs replace or interpret, as each family of formats knows them."""

from __future__ import annotations

PRINTF = (
    r"%(?:\d++\$)?[-+#0,]*+(?:\d++|\*)?(?:\.(?:\d++|\*))?(?:hh|h|ll|l|q|z|t|j|L)?[@diouxXeEfFgGaAcCsSpn](?![A-Za-z])|%%"
)
"""C, Java, PHP, Objective-C. A space after the sign is no flag here: `50 % discount` is more common than `% d`."""
NAMED = r"%[({<]\w++[)}>][A-Za-z]?|%#@\w+@"
"""Python's `%(name)s`, Ruby's `%{name}`, the variables of Apple's plurals."""
BRACES = r"\{\{[^{}]*\}\}|\$?\{[^{}]*\}"
"""`{name}`, `{0}`, `{0:N2}`, `{{name}}`, `${name}`."""
I18NEXT = r"\$t\([^()]*\)|@:\{?[\w.]+\}?"
"""Messages that are put into others, in i18next and in Vue."""
QT = r"%L?(?:\d{1,2}|n)(?!\w)"
CHROME = r"\$[A-Za-z_]\w*\$"

ALL = "|".join((NAMED, BRACES, I18NEXT, PRINTF, QT, CHROME))
"""For formats that do not say which program reads them."""
