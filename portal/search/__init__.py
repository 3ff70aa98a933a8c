"""Search in French over what is public: documents, sittings, questions, answers, commitments and
concerns.

`stems` reduces words to what their forms share; `sources` says what there is to find; `sync` brings
the index up to date in the background; `find` searches; `context` shows the hit in its sentence.
"""
