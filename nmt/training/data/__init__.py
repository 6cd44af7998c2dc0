"""Training data from corpus files: vocabularies, encoded id files, lexicon, short lists, character models, licences.

May import `training.settings`, `training.run`, `corpus`, `decoding`, `language_model` and `runtime`.
"""
