"""What waits as a document for paper: everything that is in it, with page numbers, as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QLocale, QMarginsF, QObject, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
    QTextOption,
)

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.edits import EditKind, EditState, changed_fields
from maintenance_desktop.domain.views import QueueItem
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.queue_texts import QueueTexts
from maintenance_desktop.ui.times import date_time_text
from maintenance_desktop.ui.value_grid import GridRow
from maintenance_desktop.ui.values import ValueTexts, fill

_MARGIN_MM: Final = 18.0
_POINTS: Final = 10
_DOTS_PER_INCH: Final = 300
_STYLE: Final = (
    "h1 { font-size: 16pt; } h2 { font-size: 11pt; margin-top: 28px; margin-bottom: 4px; }"
    " p { margin-top: 0; margin-bottom: 4px; } td, th { padding: 3px 20px 3px 0; text-align: left; }"
)


class QueuePaper(QObject):
    """Puts the whole queue on paper: whose it is, and of each change what, when, why and all in it."""

    def __init__(self, account: Account, values: ValueTexts, texts: QueueTexts) -> None:
        super().__init__()
        self._account = account
        self._texts = texts
        self._edits = EditTexts(values)

    def pdf(self, queue: Sequence[QueueItem], now: str) -> bytes:
        """The document as a PDF of this region's paper size."""
        return _printed(self.html(queue, now), self._heading(), self.tr("Page %1 of %2"))

    def html(self, queue: Sequence[QueueItem], now: str) -> str:
        """The content of the document."""
        whose = self._account.name
        server = self._account.server_name or self._account.server_url
        count = str(len(queue))
        parts = [
            f"<h1>{escape(self._heading())}</h1>",
            _line(fill(self.tr("%1, for %2"), whose, server)),
            _line(fill(self.tr("As of %1. Changes: %2."), date_time_text(now), count)),
        ]
        by_id = {item.edit.id: item for item in queue}
        for number, item in enumerate(queue, start=1):
            row = self._texts.row(item, by_id)
            parts.append(f"<h2>{number}. {escape(row.what)}</h2>")
            parts.append(_line(fill(self.tr("Saved %1."), date_time_text(item.edit.made_at))))
            parts.append(_line(row.why))
            parts.append(_table(self._edits.headers(item.edit), self._edits.rows(item.edit)))
            parts += self._theirs(item)
        return "".join(parts)

    def _heading(self) -> str:
        return self.tr("Work that is not on the server yet")

    def _theirs(self, item: QueueItem) -> list[str]:
        """What somebody else made of the record meanwhile."""
        edit, server = item.edit, item.edit.server
        if edit.state is not EditState.CONFLICTED or server is None:
            return []
        who = server.changed_by_name or self.tr("Somebody else")
        when = date_time_text(server.changed_at)
        if server.record is None:
            return [_line(fill(self.tr("%1 deleted it, %2."), who, when))]
        changed = changed_fields(edit.base or {}, server.record) if edit.kind is not EditKind.CREATE else {}
        said = fill(self.tr("%1 changed it, %2:"), who, when)
        return [_line(said), _table((), self._edits.record_rows(edit.type, changed))]


def _line(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _table(headers: Sequence[str], rows: Sequence[GridRow]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in ("", *headers)) if headers else ""
    lines = [f"<tr>{head}</tr>"] if head else []
    for row in rows:
        cells = "".join(f"<td>{escape(cell.text).replace(chr(10), '<br>')}</td>" for cell in row.cells)
        lines.append(f"<tr><td><b>{escape(row.label)}</b></td>{cells}</tr>")
    return f"<table>{''.join(lines)}</table>" if lines else ""


def _printed(html: str, title: str, page_of: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setResolution(_DOTS_PER_INCH)
    is_letter = QLocale().measurementSystem() is QLocale.MeasurementSystem.ImperialUSSystem
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.Letter if is_letter else QPageSize.PageSizeId.A4))
    sides = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageMargins(sides, QPageLayout.Unit.Millimeter)
    font = QFont()
    font.setPointSize(_POINTS)
    foot = QFontMetricsF(font, writer).lineSpacing()
    body = QSizeF(writer.width(), writer.height() - 2 * foot)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDefaultFont(font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(option)
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(html)
    document.setPageSize(body)
    painter = QPainter(writer)
    painter.setFont(font)
    for page in range(document.pageCount()):
        if page:
            writer.newPage()
        _paint_page(painter, document, QRectF(0, page * body.height(), body.width(), body.height()))
        said = fill(page_of, str(page + 1), str(document.pageCount()))
        painter.drawText(
            QRectF(0, body.height() + foot, body.width(), foot), Qt.AlignmentFlag.AlignRight, said
        )
    painter.end()
    return bytes(buffer.data().data())


def _paint_page(painter: QPainter, document: QTextDocument, page: QRectF) -> None:
    """Black on white, whatever the colours of the window."""
    context = QAbstractTextDocumentLayout.PaintContext()
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, QColor(Qt.GlobalColor.black))
    context.palette = palette
    context.clip = page
    painter.save()
    painter.translate(0, -page.top())
    painter.setClipRect(page)
    document.documentLayout().draw(painter, context)
    painter.restore()
