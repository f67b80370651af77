// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeCollection;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.jspecify.annotations.Nullable;

/**
 * The fonts of one document: Latin, Chinese, and one that the caller may add for what these lack.
 * Each is embedded, as far as it is used: the report reads the same where no font is installed.
 */
final class ReportFonts {
  // Comes with the PDF library.
  private static final String LATIN = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
  private static final String CHINESE = "droid-sans-fallback-gb2312.ttf";
  private static final int SPACE = ' ';

  private final List<Face> faces = new ArrayList<>();
  private final Map<Integer, Glyph> glyphs = new HashMap<>();
  private final SortedSet<Integer> missing = new TreeSet<>();

  private record Face(PDFont font, CmapLookup characters) {}

  /**
   * A character in the first font that has it.
   *
   * @param width in thousandths of the font's size
   */
  private record Glyph(PDFont font, float width) {}

  /** Characters that follow each other in one font. */
  record Run(PDFont font, String text) {}

  ReportFonts(PDDocument document, byte @Nullable [] other) throws IOException, EvidenceException {
    faces.add(face(document, resource(PDDocument.class, LATIN)));
    faces.add(face(document, resource(ReportFonts.class, CHINESE)));
    if (other != null) {
      try {
        faces.add(face(document, other));
      } catch (IOException | IllegalArgumentException e) {
        throw new EvidenceException(
            "the font cannot be used, a TrueType font with glyf outlines is needed, as"
                + " DroidSansFallbackFull.ttf of Debian's fonts-droid-fallback: "
                + e.getMessage(),
            e);
      }
    }
  }

  private static Face face(PDDocument document, byte[] bytes) throws IOException {
    TrueTypeFont font = read(bytes);
    document.registerTrueTypeFontForClosing(font);
    // Ligatures would make two letters into one that nobody finds again.
    font.setEnableGsub(false);
    return new Face(PDType0Font.load(document, font, true), font.getUnicodeCmapLookup());
  }

  private static TrueTypeFont read(byte[] bytes) throws IOException {
    boolean collection =
        bytes.length > 4
            && bytes[0] == 't'
            && bytes[1] == 't'
            && bytes[2] == 'c'
            && bytes[3] == 'f';
    if (!collection) {
      return new TTFParser().parse(new RandomAccessReadBuffer(bytes));
    }
    List<TrueTypeFont> fonts = new ArrayList<>();
    new TrueTypeCollection(new ByteArrayInputStream(bytes)).processAllFonts(fonts::add);
    return fonts.getFirst();
  }

  private static byte[] resource(Class<?> from, String name) throws IOException {
    try (InputStream in = from.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not built in: " + name);
      }
      return in.readAllBytes();
    }
  }

  /**
   * What no font has is written as what it is made of, as kg for the one character of that, else as
   * its number: nothing is left out unseen.
   */
  String printable(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point -> {
          if (find(point) != null) {
            printable.appendCodePoint(point);
            return;
          }
          String parts = Normalizer.normalize(Character.toString(point), Normalizer.Form.NFKC);
          if (parts.codePoints().allMatch(part -> find(part) != null)) {
            printable.append(parts);
          } else {
            missing.add(point);
            printable.append(String.format(Locale.ROOT, "[U+%04X]", point));
          }
        });
    return printable.toString();
  }

  /** Characters that no font had so far. */
  SortedSet<Integer> missing() {
    return missing;
  }

  /** In thousandths of the font's size; the text is printable. */
  float width(String text) {
    float width = 0;
    for (int point : text.codePoints().toArray()) {
      width += glyph(point).width();
    }
    return width;
  }

  List<Run> runs(String text) {
    List<Run> runs = new ArrayList<>();
    StringBuilder same = new StringBuilder();
    PDFont font = faces.getFirst().font();
    for (int point : text.codePoints().toArray()) {
      PDFont next = glyph(point).font();
      // A space belongs to whatever is around it.
      if (!next.equals(font) && point != SPACE) {
        if (!same.isEmpty()) {
          runs.add(new Run(font, same.toString()));
        }
        same.setLength(0);
        font = next;
      }
      if (point == SPACE && !font.equals(next)) {
        runs.add(new Run(font, same.toString()));
        same.setLength(0);
        font = next;
      }
      same.appendCodePoint(point);
    }
    if (!same.isEmpty()) {
      runs.add(new Run(font, same.toString()));
    }
    return runs;
  }

  private Glyph glyph(int point) {
    Glyph glyph = find(point);
    if (glyph == null) {
      throw new IllegalArgumentException("not printable: " + point);
    }
    return glyph;
  }

  private @Nullable Glyph find(int point) {
    Glyph known = glyphs.get(point);
    if (known != null) {
      return known;
    }
    for (Face face : faces) {
      if (face.characters().getGlyphId(point) != 0) {
        Glyph glyph = new Glyph(face.font(), widthOf(face.font(), point));
        glyphs.put(point, glyph);
        return glyph;
      }
    }
    return null;
  }

  private static float widthOf(PDFont font, int point) {
    try {
      return font.getStringWidth(Character.toString(point));
    } catch (IOException e) {
      throw new IllegalStateException("a font in memory", e);
    }
  }
}
