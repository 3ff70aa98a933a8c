"""What is done with documents in the background."""

from django_tasks import task

from communes.documents import uploads
from communes.documents.reading import WIDTHS, page_picture, shows_pages, words_of
from communes.models import DocumentVersion
from live.delivery.writer import perform
from portal.search.sync import sync_documents


@task()
def read_document(version_pk: int) -> str:
    """Read the words of a version and draw its first page; returns the `TextState`."""
    version = DocumentVersion.objects.filter(pk=version_pk).select_related("document").first()
    if version is None:
        return "gone"
    text, state = words_of(version)
    perform(
        lambda: DocumentVersion.objects.filter(pk=version_pk).update(text=text, text_state=state)
    )
    if shows_pages(version):
        for width in WIDTHS[:2]:
            page_picture(version, 1, width)
    sync_documents()
    return state


def forget_uploads() -> int:
    """Remove uploads that nobody goes on with; returns how many files went."""
    return perform(uploads.sweep)
