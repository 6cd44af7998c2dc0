"""From corpus files to encoded training data: vocabularies, id files, lexicon, short lists, licences of sources.

May call `training.settings`, `training.run`, `corpus` and `runtime`.
"""
