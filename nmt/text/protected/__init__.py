"""Parts of a text that no translation may change, and the placeholders that carry them through the model.

May call no other package of this project.
"""
