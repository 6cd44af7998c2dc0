"""What is counted over the pairs of a corpus, one kind of fault in each file.

May call `corpus` and `languages`.
"""
