"""Opens PDFs, in a process of its own: whatever a file does to PDFium, web goes on.

    python -m communes.documents.pdf_tool inspect FILE
    python -m communes.documents.pdf_tool text FILE
    python -m communes.documents.pdf_tool page FILE NUMBER WIDTH OUT

Prints JSON (`inspect`, `page`) or UTF-8 text. Ends with 3 for what is no PDF, 4 for one that wants
a password, 5 for a page that there is not. Memory and time are limited by the kernel.
"""

import json
import resource
import sys

import pypdfium2 as pdfium
import pypdfium2.raw as raw

NOT_A_PDF, ENCRYPTED, NO_SUCH_PAGE = 3, 4, 5
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_S = 60
#: Of a document; what comes after is not searched.
MOST_TEXT = 2_000_000
#: Height of a picture of a page, in widths: a plan on a long roll stays a picture.
TALLEST = 4.0


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def open_file(path: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        wants = error.err_code == raw.FPDF_ERR_PASSWORD
        sys.exit(ENCRYPTED if wants else NOT_A_PDF)


def inspect(path: str) -> None:
    document = open_file(path)
    if len(document) == 0:
        sys.exit(NOT_A_PDF)
    width, height = document[0].get_size()
    sys.stdout.write(
        json.dumps({"pages": len(document), "width": round(width), "height": round(height)})
    )


def text(path: str) -> None:
    document = open_file(path)
    left = MOST_TEXT
    for number in range(len(document)):
        page = document[number]
        words = page.get_textpage().get_text_bounded()[:left]
        # Lone surrogates come out of broken fonts.
        sys.stdout.buffer.write(words.encode("utf-8", "replace") + b"\n\f")
        page.close()
        left -= len(words)
        if left <= 0:
            break


def picture(path: str, number: int, width: int, out: str) -> None:
    document = open_file(path)
    if not 1 <= number <= len(document):
        sys.exit(NO_SUCH_PAGE)
    page = document[number - 1]
    across, down = page.get_size()
    scale = width / max(across, down / TALLEST, 1)
    image = page.render(scale=scale).to_pil().convert("RGB")
    image.save(out, "WEBP", quality=70, method=4)
    sys.stdout.write(json.dumps({"width": image.width, "height": image.height}))


def main(arguments: list[str]) -> None:
    limit()
    what, path, *rest = arguments
    if what == "inspect":
        inspect(path)
    elif what == "text":
        text(path)
    else:
        number, width, out = rest
        picture(path, int(number), int(width), out)


if __name__ == "__main__":
    main(sys.argv[1:])
