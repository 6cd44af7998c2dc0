"""Trains captioners and exports their packages. Uses torch.

May import the neighbours `manifest`, `captioner` and `pictures`, and of the other rooms those that train translators.
"""
