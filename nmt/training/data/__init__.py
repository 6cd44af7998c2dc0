"""Training data from corpus files: vocabularies, encoded id files, lexicon, short lists and source licences.

May import `training.settings`, `training.run`, `corpus`, `decoding` and `runtime`.
"""
