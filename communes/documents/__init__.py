"""Documents of a commune: what may come in, how it is kept, read and shown.

`examine` looks at a file and says what it is; `keep` makes a document or a version of it; `reading`
has its words and its first page; `pdf_tool` opens PDFs in a process of its own.
"""
