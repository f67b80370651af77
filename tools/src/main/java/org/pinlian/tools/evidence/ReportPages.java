// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TimeZone;
import org.apache.pdfbox.pdfwriter.compress.CompressParameters;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDPageContentStream.AppendMode;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.HashAlgorithm;

/**
 * Writes text in Chinese and English onto A4 pages, from top to bottom. The same calls make the
 * same bytes. Used by one thread; all text is somebody's, and none of it is markup.
 */
public final class ReportPages implements AutoCloseable {
  private static final float MARGIN = 48;
  private static final float WIDTH = PDRectangle.A4.getWidth() - 2 * MARGIN;
  private static final float BODY = 9;
  private static final float FINE = 7.5f;
  private static final float LEADING = 1.45f;
  private static final float NAMES = 150;
  private static final float GAP = 8;

  // These stay with what they end.
  private static final String CLOSING =
      "\u3002\u3001\u300b\u3011\u300d\u300f\u201d\u2019\uff0c\uff0e\uff1b\uff1a\uff01\uff1f\uff09"
          + ",.;:!?)]}%";

  private final PDDocument document = new PDDocument();
  private final ReportFonts fonts;
  private final List<String> all = new ArrayList<>();

  private @Nullable PDPageContentStream page;
  private float y;

  /**
   * @param otherFont TrueType, for characters that the fonts built in lack; null for none
   * @param created when the document says it was made
   * @throws EvidenceException if that font cannot be used
   */
  public ReportPages(String title, Instant created, byte @Nullable [] otherFont)
      throws EvidenceException {
    try {
      this.fonts = new ReportFonts(document, otherFont);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    PDDocumentInformation about = document.getDocumentInformation();
    about.setTitle(title);
    about.setProducer("Pinlian");
    Calendar at = new GregorianCalendar(TimeZone.getTimeZone(ZoneOffset.UTC), Locale.ROOT);
    at.setTimeInMillis(created.toEpochMilli());
    about.setCreationDate(at);
    about.setModificationDate(at);
    document.getDocumentCatalog().setLanguage("zh-CN");
  }

  /** Characters that no font has, and that stand there as their numbers. */
  public SortedSet<Integer> missing() {
    return fonts.missing();
  }

  public void title(String text) {
    block(text, 17, 0, WIDTH);
    space(4);
  }

  public void heading(String text) {
    space(10);
    // Not alone at the foot of a page.
    need(60);
    block(text, 12, 0, WIDTH);
    space(3);
  }

  public void paragraph(String text) {
    block(text, BODY, 0, WIDTH);
    space(3);
  }

  public void item(String text) {
    need(BODY * LEADING);
    draw("•", BODY, MARGIN + 2, y - BODY);
    block(text, BODY, 12, WIDTH - 12);
    space(2);
  }

  /** A name and what it is, side by side. */
  public void pair(String name, String value) {
    row(List.of(NAMES, WIDTH - NAMES), List.of(List.of(name), List.of(value)), BODY);
  }

  /**
   * A row of a table, in small print under a rule; it may go on over pages.
   *
   * @param shares of the width
   * @param cells each with its paragraphs
   */
  public void tableRow(List<Float> shares, List<List<String>> cells) {
    need(3 * FINE * LEADING);
    rule();
    row(shares.stream().map(share -> share * WIDTH).toList(), cells, FINE);
    space(3);
  }

  public void rule() {
    PDPageContentStream to = page();
    try {
      to.setLineWidth(0.4f);
      to.moveTo(MARGIN, y);
      to.lineTo(MARGIN + WIDTH, y);
      to.stroke();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    y -= 3;
  }

  private void row(List<Float> widths, List<List<String>> cells, float size) {
    List<List<String>> columns = new ArrayList<>();
    int most = 0;
    for (int i = 0; i < cells.size(); i++) {
      List<String> lines = new ArrayList<>();
      for (String paragraph : cells.get(i)) {
        lines.addAll(wrap(paragraph, size, widths.get(i) - GAP));
      }
      columns.add(lines);
      most = Math.max(most, lines.size());
    }
    // Column by column as far as the page goes, so that whoever copies a cell gets it whole.
    float leading = size * LEADING;
    for (int from = 0; from < most; ) {
      need(leading);
      int until = Math.min(most, from + Math.max(1, (int) ((y - MARGIN) / leading)));
      float x = MARGIN;
      for (int i = 0; i < columns.size(); i++) {
        for (int line = from; line < Math.min(until, columns.get(i).size()); line++) {
          draw(columns.get(i).get(line), size, x, y - size - (line - from) * leading);
        }
        x += widths.get(i);
      }
      y -= (until - from) * leading;
      from = until;
    }
  }

  private void block(String text, float size, float indent, float width) {
    for (String line : wrap(text, size, width)) {
      need(size * LEADING);
      draw(line, size, MARGIN + indent, y - size);
      y -= size * LEADING;
    }
  }

  private void space(float height) {
    y -= height;
  }

  private void need(float height) {
    if (page == null || y - height < MARGIN) {
      turn();
    }
  }

  private PDPageContentStream page() {
    need(0);
    PDPageContentStream open = page;
    if (open == null) {
      throw new IllegalStateException("no page");
    }
    return open;
  }

  private void turn() {
    try {
      if (page != null) {
        page.close();
      }
      PDPage next = new PDPage(PDRectangle.A4);
      document.addPage(next);
      page = new PDPageContentStream(document, next);
      y = PDRectangle.A4.getHeight() - MARGIN;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void draw(String text, float size, float x, float base) {
    all.add(text);
    draw(page(), text, size, x, base);
  }

  private void draw(PDPageContentStream to, String text, float size, float x, float base) {
    try {
      to.beginText();
      to.newLineAtOffset(x, base);
      for (ReportFonts.Run run : fonts.runs(text)) {
        to.setFont(run.font(), size);
        to.showText(run.text());
      }
      to.endText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Lines
  // ------------------------------------------------------------------------------------------

  /** Chinese breaks between any two characters, the rest at spaces, and where it must. */
  private List<String> wrap(String text, float size, float width) {
    float most = width * 1000 / size;
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    float used = 0;
    for (String word : words(fonts.printable(text))) {
      float wide = fonts.width(word);
      if (used + fonts.width(word.stripTrailing()) > most && !line.isEmpty()) {
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
        used = 0;
      }
      if (wide <= most) {
        line.append(word);
        used += wide;
        continue;
      }
      for (int point : word.codePoints().toArray()) {
        String one = Character.toString(point);
        float step = fonts.width(one);
        if (used + step > most && !line.isEmpty()) {
          lines.add(line.toString());
          line.setLength(0);
          used = 0;
        }
        line.append(one);
        used += step;
      }
    }
    if (!line.toString().isBlank()) {
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean open = false;
    for (int point : text.codePoints().toArray()) {
      String one = Character.toString(point);
      boolean closing = CLOSING.contains(one);
      boolean space = point == ' ';
      boolean wide = point >= 0x2e80;
      boolean apart = wide || (open && !space);
      if (apart && !closing && !word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
      word.append(one);
      // After a space, or a character that may end a line, a new word may begin.
      open = space || wide || (closing && open);
    }
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  // The end
  // ----------------------------------------------------------------------------------------

  /** The document, with a foot on each page. Nothing can be added after. */
  public byte[] finish(String foot) {
    try {
      if (page != null) {
        page.close();
      }
      int count = document.getNumberOfPages();
      for (int i = 0; i < count; i++) {
        try (PDPageContentStream to =
            new PDPageContentStream(document, document.getPage(i), AppendMode.APPEND, true, true)) {
          draw(to, fonts.printable(foot), FINE, MARGIN, MARGIN - 18);
          String number = (i + 1) + " / " + count;
          float right = MARGIN + WIDTH - fonts.width(number) * FINE / 1000;
          draw(to, number, FINE, right, MARGIN - 18);
        }
      }
      // Without one of our own the library makes an identifier from the time.
      byte[] text = String.join("\n", all).getBytes(StandardCharsets.UTF_8);
      document.setDocumentId(ByteBuffer.wrap(HashAlgorithm.SHA_256.hash(text).bytes()).getLong());
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      document.save(bytes, CompressParameters.NO_COMPRESSION);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      document.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
