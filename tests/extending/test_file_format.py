"""The list in CONTRIBUTING.md leads to a new file format: a file of it is opened and written anew."""

from __future__ import annotations

from checkout import Checkout


def test_a_file_of_a_new_format_is_read_and_written_anew(checkout: Checkout) -> None:
    checkout.write(
        "nmt/documents/shout.py",
        """
from nmt.documents.document import Fragment


class Shout:
    def __init__(self, name: str, content: bytes) -> None:
        self.texts = [Fragment(line) for line in content.decode().removesuffix("!").split("!")]

    def with_texts(self, texts: list[str]) -> bytes:
        return "".join(f"{text}!" for text in texts).encode()
""",
    )
    checkout.change(
        "nmt/documents/opening.py", '    ".odt": read_odt,\n', '    ".odt": read_odt,\n    ".shout": Shout,\n'
    )
    checkout.change(
        "nmt/documents/opening.py",
        "from nmt.documents.srt",
        "from nmt.documents.shout import Shout\nfrom nmt.documents.srt",
    )
    written = checkout.run("""
from nmt.documents.opening import open_document
document = open_document("a.shout", b"red cat!old dog!")
print(document.with_texts([fragment.text for fragment in document.texts]).decode())
""")
    assert written == "red cat!old dog!\n"
