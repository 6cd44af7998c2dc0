"""Parts of a text that no translation may change, and the placeholders that carry them through the model.

May call nothing of ours.
"""
