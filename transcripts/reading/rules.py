"""Which rules answers are made by. It is part of their tags: what clients have from before a change is sent again.

Raise it with every change that makes something else of the same words, such as other sentences, captions or fields.
"""

RULES = 2
