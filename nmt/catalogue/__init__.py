"""Gettext catalogues: their entries with the place of each string, and their plural forms. Calls no other room."""

from nmt.catalogue.entries import Catalogue, CatalogueFault, Entry, Header, Message, read_catalogue
from nmt.catalogue.plural_forms import PluralForms
from nmt.catalogue.strings import quoted

__all__ = ["Catalogue", "CatalogueFault", "Entry", "Header", "Message", "PluralForms", "quoted", "read_catalogue"]
