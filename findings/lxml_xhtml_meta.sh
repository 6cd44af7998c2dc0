#!/usr/bin/env bash
# lxml 6.1.3 (libxml2), read 2026-11-29.
# Valid input: a chapter of an EPUB 2, which is XHTML with the document type XHTML 1.0 Strict and a `head`.
# A good guess: `etree.tostring` of a tree that `etree.fromstring` read as XML adds no element.
# What happens: because of the document type, libxml2 writes it as XHTML and adds
# `<meta http-equiv="Content-Type" ...>` to the head. With the document type of XHTML 1.1 it does not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'lxml==6.1.3'
"$work/venv/bin/python" - <<'PYTHON'
from lxml import etree

PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>One</title></head><body><p>Text</p></body></html>'
TYPES = {
    "XHTML 1.0": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
    "XHTML 1.1": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">',
}
parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
added = {}
for name, doctype in TYPES.items():
    tree = etree.fromstring((doctype + PAGE).encode(), parser).getroottree()
    added[name] = b"http-equiv" in etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    print(name, "- a meta element is added:", added[name])
assert added == {"XHTML 1.0": True, "XHTML 1.1": False}
PYTHON
