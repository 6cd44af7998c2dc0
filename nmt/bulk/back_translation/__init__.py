"""Sentence pairs for training, made of monolingual text: the reverse package writes their sources, filters judge them.

Back-translation (Sennrich et al. 2016, section 3). May call the formats, answers and pieces of bulk, and corpus,
language_model and scores.
"""
