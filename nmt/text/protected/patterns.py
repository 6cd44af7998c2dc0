"""Patterns of the parts of a text that no translation may change.

Repetitions are bounded wherever a match could fail from many start positions, so time stays linear in the text.
"""

from __future__ import annotations

_TEMPLATES = r"""
      (?P<block>\{%.{0,200}?%\} | <%.{0,200}?%>)               # {% if %} <%= name %>
    | (?P<empty>\{\})
    | (?P<named>
        \{\#.{0,200}?\#\} | \{\{\{.{0,99}?\}\}\} | \{\{.{0,99}?\}\}  # {# note #} {{{name}}} {{name}}
      | [$%\#@]\{[^{}]{0,99}\} | \$\([^()\s]{1,60}\) | \$\[[^\[\]\s]{1,60}\]  # ${name} %{name} $(name) $[name]
      | \$t\([^()]{0,99}\) | (?<![\w.])@(?:\.\w{1,20})?:(?:\(\w[\w.]{0,60}\)|\w[\w.]{0,60}(?<!\.))  # $t(key) @:key
      | \{\s{0,3}[^\s{}]{1,99}\s{0,3}\}                        # {0} {name!r:>10} { name } {items[0]}
      | \{\s{0,3}[\w.-]{1,60}\s{0,3},\s{0,3}[a-z]{1,20}\s{0,3}(?:,[^{}]{1,99})?\}  # {0, date, short}
      )
"""

_PRINTF = r"""
      (?P<percent>%%(?:\(\w{1,60}\)                             # %% %%s, which becomes %s for a later step
        |[-+\#0]{0,3}\d{0,3}(?:\.\d{1,3})?l{0,2}[dioxscufgeEGX](?![A-Za-z'\u2019]))?)
    | (?P<numbered>%(?:\(\w[^()]{0,60}\)|\d{1,2}\$|<\w{1,60}>)[-+\#0' ]{0,3}(?:\d{1,3}|\*(?:\d{1,2}\$)?)?
      (?:\.\d{1,3})?(?:hh|ll|[hlqLjztZ])?[A-Za-z@])            # %1$s %(name)d %<name>s
    | (?P<printf>(?<!\w)0[xX](?:%[\d.]{0,4}(?:hh|ll|[hlqLjztZ])?[xX]){1,9}  # 0x%02x%02x
      |%[-+\#0']{0,3}(?:\d{1,3}|\*)?(?:\.\d{1,3})?(?:ll|[lzt])?(?:[diufgs][kKMG]?i?B(?:/s)?
      |[diufg](?:ms|px|pt|[a-z]))(?![\w%])                      # %sB/s %.1fkB %ds
      |%[-+\#0']{0,3}(?:\d{1,3}|\*)?(?:\.(?:\d{1,3}|\*))?(?:hh|ll|I64|[hlqLjztZ])?
      (?:@|[diouxXeEfFgGaAcCsSpnm](?![A-Za-z]{3}|(?<=\d%[A-Za-z])[A-Za-z]))             # %s %5.1lf %*d %zu %'d %@
    | (?<![\w%])%[ ](?:l{0,2}[diux]|[fg])(?![A-Za-z]))         # with a space for the sign, but not the one of 50 % of
    | (?P<variable>(?<!\d)%[A-Z][A-Z\d_]{1,40}%? | %L?\d{1,2}(?![\d.,]?\d))  # %APPDATA% %1
    | (?<!\d)%[-_^E]?[A-Za-z](?![A-Za-z]{2})                   # %H:%M
"""

_TAGS = r"""
      (?P<tag></?[A-Za-z][^<>]*>)
    | &(?:[A-Za-z]{2,31}|\#\d{1,7}|\#[xX][\dA-Fa-f]{1,6});     # character reference
    | \[[A-Za-z]{1,10}=[^\[\]\s]{1,60}\] | \[/[A-Za-z]{1,10}\] | \[[bius]\]  # [url=...] [/url] [b]
"""

_ADDRESSES = r"""
      (?P<address>
        (?:https?|ftp|file|mailto|tel|ssh|git)://?[^\s<>"']*[^\s<>"'.,;:!?)\]}]  # URL, without the mark after it
      | \bwww\.[^\s<>"']*[^\s<>"'.,;:!?)\]}]
      | \b[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}      # e-mail address
      )
    | (?<![\w@/.])@[A-Za-z_][\w.-]{0,60}(?<![.-])(?:@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8})?  # @name @name@server
    | (?<![\w&/\#])\#[A-Za-z_][\w-]{0,60}(?<!-)                # #tag
    | (?<![\w:]):(?=[0-9_+-]{0,40}[a-z])[a-z0-9_+-]{2,40}:(?![\w:])  # :smile:
    | \b[A-Za-z]:\\(?:[\w.$~()@+-]{1,60}(?:[ ][\w.$~()@+-]{1,60}){0,3}\\){0,20}(?:[\w.$~@*+-]{0,60}[\w$~*])?  # C:\path
    | \\\\[\w.-]{1,60}(?:\\[\w.$~-]{1,60}){1,20}(?<!\.)        # \\server\path
    | (?<![^\s\"'(\[=,;:>`])(?:~|\.{1,2})?/(?:[\w.@+~-]{1,60}/){0,20}[\w.@+~*-]{0,60}[\w*/]  # /path ~/path
    | (?<![\w/])[\w.-]{1,60}(?:/[\w.-]{1,60}){1,20}\.[A-Za-z]\w{0,5}\b  # path/file.txt
    | (?<![\w.])[\w*-]{1,60}(?:\.[\w-]{1,60}){0,5}\.(?:
        avi|bak|bat|bmp|bz2|cfg|cmd|com|conf|cpp|css|csv|db|deb|dll|docx?|edu|eml|epub|exe|flac|gif|gov|gz|html?|ico|ini
        |io|iso|jar|java|jpe?g|js|json|key|lock|log|md|mkv|mov|mp3|mp4|net|odp|ods|odt|og[agv]|org|pdf|pem|php|png|pot?
        |pptx?|ps1|py|rar|rpm|rs|rtf|sh|so|sql|srt|svg|tar|tex|tiff?|tmp|toml|tsv|ttf|txt|wav|webm|webp|whl|xls[mx]?|xml
        |xz|ya?ml|yml|zip)\b(?!\()                             # report.txt example.org
"""

_CODE = r"""
      (?P<break>(?:\\r)?\\n|\\[tN])                           # of a string in a program
    | (?<!`)(?P<ticks>`{1,2})(?!`|[^`'\s]{1,60}'(?=[.,;:!?)]?(?:\s|$)))[^\n]{1,300}?(?<!`)(?P=ticks)(?!`)    # `code`
    | (?:\b(?:Ctrl|Control|Strg|Alt|AltGr|Shift|Umschalt|Maj|Cmd|Command|Option|Win|Super|Meta|Fn)
      |[\u2318\u2325\u21e7\u2303])(?:[ ]?\+[ ]?(?:[^\W\d_][^\W_]{0,9}|\d|\S)){1,3}
    | \b(?:Ctrl|Strg|Alt|Shift|Cmd)-(?:[A-Z0-9]|F\d{1,2})\b  # Ctrl+C
    | (?<![\w-])--[A-Za-z][\w-]{0,40}(?:=\{[^{}\s]{1,99}\}|=[^\s,;)]{0,60}[^\s.,;:!?)])?  # --option
    | (?<!\S)-[A-Za-z](?![\w-])                              # -o
    | \b[A-Za-z_]\w{0,60}(?:(?:\.|::|->)[A-Za-z_]\w{0,60}){0,8}\(\)  # function()
    | \b[A-Za-z_]\w{0,60}(?:(?:::|->)[A-Za-z_]\w{0,60}){1,8}   # Class::name
    | (?<![\w&])\$?[A-Za-z_][\w.-]{0,60}=(?:"[^"\n]{0,60}"|[^\s"',;<>=)][^\s"',;<>)]{0,60}(?<![.:!?]))  # key=value
    | (?<!\w)\$[A-Za-z_]\w{0,40} | \b\w{0,40}[^\W_]_\w{1,40}\b | \b__[^\W_]\w{0,40}__\b  # $name a_name __name__
    | \b[A-Z]{1,5}&[A-Z]{1,5}\b                                # AT&T
    | \b[a-z]{1,20}(?:[A-Z][a-z0-9]{0,20}){1,8}\b              # camelCase
"""

_NUMBERS = r"""
      \b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b
    | \b(?=[a-f]{0,64}\d)(?=\d{0,64}[a-f])[0-9a-f]{7,64}\b     # hashes
    | \b[A-Z]{2}\d{2}(?:[ ]?[A-Z\d]{4}){3,7}(?:[ ]?[A-Z\d]{1,3})?\b  # IBAN
    | (?<!\w)[nN]\.?[\u00ba\u00b0][ ]?\d+                        # n° 12
    | (?P<telephone>(?<!\w)\+\d{1,3}(?:[ ./-]?\(?\d{1,8}\)?){2,6}
    | (?<![\w.,])\(0\d{1,5}\)[ ]?\d{2,8}(?:[ /-]?\d{1,6}){0,4}
    | (?<![\w.,])0\d{2,4}[ /-](?:\d{2,8})(?:[ -]\d{2,6}){0,3}(?!\w))       # telephone
    | \b[A-Z]{1,6}-?\d{1,20}(?:[-.]\d{1,9}){0,5}(?:[-_][A-Za-z\d]{1,20}){0,5}\b     # UTF-8 A4 ISO-8859-1
    | (?<!\w)0x[\dA-Fa-f]{1,32}\b | (?<!\w)\#\d+\b
    | (?:(?<![^\W\d])[vV](?=\d))?
      (?:[A-Z]{0,3}[$\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9\u20ba\u00a2][ \u00a0\u202f]?|[\u00b1\u2248\u2264\u2265~][ ]?)?
      (?:\d{1,3}(?:[ ]\d{3})+(?:,\d+)?(?![\d.,]?\d)|\d+(?:[.,:/'\u2019\u2013\u202f\u00a0\u2009-]\d+)*)
      (?:-?(?:rc|alpha|beta|dev|pre|post)[.-]?\d*)?
      [\u00bc-\u00be\u00b2\u00b3\u00b9]?
      (?:[ ]?[\u00d7x][ ]?\d+(?:[.,]\d+)*){0,3}
      (?:(?:[ \u00a0\u2009\u202f]|&nbsp;)?(?:
        %%?(?![\w(@{<'*.\#]) | \$(?![\w{(\[]) | \u00b0[CFK]?(?!\w)
        | [\u2030\u2032\u2033\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9\u20ba\u00a2](?!\d)
        |(?:[kMGTP]i?B(?:/s)?|[kMG]?bit/s|[kMG]bps|[kMG]?Hz|[mcdkn\u00b5\u03bc]?m|[cdmk]?m[\u00b2\u00b3]|k?m/h|m/s
        |[km\u00b5\u03bc]?g|[mcdh]?l|[mkMGT]?Wh?|[mk]V|m?Ah|[hk]?Pa|[mn\u00b5\u03bc]s|px|dpi|fps|mph|kcal|kJ|rpm)(?![\w/])
      ))?                                                      # number, date, time, version, amount, 5 km
"""

_SIGNS = r"""
      [\x00-\x08\x0e-\x1b\x7f]+                                # control characters
    | [|~^\u00a7\u00b6\u00b1\u00b9\u00b2\u00b3\u00bc-\u00be\u00d7\u00f7\u2020-\u2022\u2030\u2032\u2033]
    | [\u20a0-\u20cf\u2190-\u22ff\u27f0-\u297f\u00a2-\u00a5\ufffd]\ufe0f?
    | (?<!\S)[=+<>*/\\](?!\S)                                  # between spaces
"""

PROTECTED = "|".join(
    (
        _TEMPLATES,
        _CODE,
        _PRINTF,
        _ADDRESSES,
        _TAGS,
        _NUMBERS,
        _SIGNS,
    )
)
"""Verbose pattern of all of them."""

IN_ORDER = frozenset({"block", "break", "empty", "printf", "tag"})
"""Groups of parts that are told apart by their order, and lose their meaning in another."""
WRITTEN_BY_NOBODY = IN_ORDER | {"named", "numbered", "percent", "variable", "address"}
"""Groups of parts that no translation has unless its source has them."""

POSSIBLE = (
    r"[^\w\s.,;:!?'\"()\u2018-\u201e\u00ab\u00bb\u2013\u2014\u2026\u00a1\u00bf-]"
    r"|[\d_\u00b2\u00b3\u00b9\u00bc-\u00be]|[a-z][A-Z]|:\S|\.\w|\(\)|(?<!\w)-|-[-A-Z]"
)
"""What every protected part has. The search for it takes a tenth of the time, and most sentences have none."""
