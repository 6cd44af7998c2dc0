"""Trains a recurrent language model on text by truncated backpropagation through time, and exports its package.

May import `language_model`, `model`, `reports` and, of training, `run`, `settings`, `data`, `optimization`, `export`,
`report`.
"""
