// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.gateway.drugfile.XmlCursor.At;
import org.pinlian.identifier.Subject;

/**
 * A 关联关系 file (schema 3.0): which codes a batch got and which is in which pack. Read once from
 * front to back; what is kept of a code is its name, its pack and its line.
 *
 * <p>When there is one, every parent is in the file and exactly one layer further out, no code is
 * there twice, and no pack holds more than its ratio allows. Since layers rise by one from child to
 * parent, nothing can be inside itself by any way round. A pack that holds less than its ratio is a
 * 零头, which happens, and is told as a remark unless its flag says so.
 */
public final class PackagingRelation {
  /** {@code flag} of a pack that is known not to be full. */
  private static final String FLAG_PARTIAL = "2";

  private final byte[] bytes;
  private final List<Batch> batches = new ArrayList<>();
  private final Map<String, Code> codes = new HashMap<>();
  private final Remarks remarks = new Remarks();
  private int layers;

  /** A batch of one product, and the codes it got in the order of the file. */
  static final class Batch {
    final String product;
    final String productNote;
    final PackRatio ratio;
    final String number;
    final LocalDate made;
    final LocalDate expires;
    final String place;
    final String lineManager;
    final int line;
    final List<Code> codes = new ArrayList<>();

    private Batch(Relation relation, Map<String, String> attributes, int line)
        throws DrugFileException {
      this.product = relation.product;
      this.productNote = relation.note;
      this.ratio = relation.ratio;
      this.number = required(attributes, "batchNo", line);
      this.made = FileDates.day("madeDate", required(attributes, "madeDate", line), false, line);
      this.expires =
          FileDates.day("validateDate", required(attributes, "validateDate", line), true, line);
      if (expires.isBefore(made)) {
        throw new DrugFileException(
            Reason.BAD_FIELD, line, "validateDate " + expires + " is before madeDate " + made);
      }
      this.place =
          (optional(attributes, "workshop", line) + " " + optional(attributes, "lineName", line))
              .strip();
      if (place.length() > DrugFileLimits.NAME_CHARACTERS_MAX) {
        throw new DrugFileException(
            Reason.LIMIT_EXCEEDED,
            line,
            "workshop and lineName are longer than "
                + DrugFileLimits.NAME_CHARACTERS_MAX
                + " characters together");
      }
      this.lineManager = optional(attributes, "lineManager", line);
      this.line = line;
    }
  }

  /** What stands in the Relation element around batches. */
  private record Relation(String product, String note, PackRatio ratio) {}

  /** A code of some pack. Children hang on their parent as a list. */
  static final class Code {
    final String uri;

    /** 0 as long as it was only named as a parent. */
    int line;

    int layer;
    int namedInLine;
    boolean partial;
    Batch batch;
    @Nullable Code parent;
    @Nullable Code firstChild;
    @Nullable Code lastChild;
    @Nullable Code nextSibling;
    int children;

    private Code(String uri, Batch batch) {
      this.uri = uri;
      this.batch = batch;
    }

    private void add(Code child) {
      if (lastChild == null) {
        firstChild = child;
      } else {
        lastChild.nextSibling = child;
      }
      lastChild = child;
      children++;
    }
  }

  private PackagingRelation(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a file and checks all of it.
   *
   * @param bytes kept, and not copied: nobody may change them
   */
  public static PackagingRelation read(byte[] bytes) throws DrugFileException {
    PackagingRelation relation = new PackagingRelation(bytes);
    relation.document(XmlCursor.over(bytes));
    relation.check();
    return relation;
  }

  // Reading ------------------------------------------------------------------------------------

  private void document(XmlCursor cursor) throws DrugFileException {
    if (cursor.next() != At.START || !cursor.name().equals("Document")) {
      throw other(cursor, "Document");
    }
    boolean found = false;
    while (cursor.next() == At.START) {
      if (cursor.name().equals("Events")) {
        String version = cursor.attributes().getOrDefault("version", "");
        if (!version.startsWith("3.")) {
          throw new DrugFileException(
              Reason.OTHER_DOCUMENT,
              cursor.line(),
              "Events of version 3, found \"" + version + "\"");
        }
        events(cursor);
        found = true;
      } else {
        cursor.skip();
      }
    }
    if (!found) {
      throw other(cursor, "Events");
    }
    while (cursor.next() != At.DONE) {
      throw other(cursor, "the end of the document");
    }
  }

  private void events(XmlCursor cursor) throws DrugFileException {
    while (cursor.next() == At.START) {
      String name = cursor.attributes().getOrDefault("name", "");
      if (!cursor.name().equals("Event") || !name.equals("RelationCreate")) {
        throw new DrugFileException(
            Reason.OTHER_DOCUMENT,
            cursor.line(),
            "expected an Event RelationCreate, found " + cursor.name() + " \"" + name + "\"");
      }
      while (cursor.next() == At.START) {
        expect(cursor, "Relation");
        Map<String, String> attributes = cursor.attributes();
        int line = cursor.line();
        Relation relation =
            new Relation(
                optional(attributes, "productCode", line),
                note(attributes, line),
                PackRatio.parse(required(attributes, "cascade", line), line));
        while (cursor.next() == At.START) {
          expect(cursor, "Batch");
          batch(cursor, relation);
        }
      }
    }
  }

  /** What the maker's system says of the product and has no field of its own here. */
  private static String note(Map<String, String> attributes, int line) throws DrugFileException {
    StringBuilder note = new StringBuilder();
    for (String name : List.of("productCode", "subTypeNo", "cascade", "packageSpec", "comment")) {
      String value = optional(attributes, name, line);
      // The whole of it is in the source section.
      if (!value.isEmpty()
          && note.length() + name.length() + value.length() + 3
              <= DrugFileLimits.TEXT_CHARACTERS_MAX) {
        note.append(note.isEmpty() ? "" : "; ").append(name).append(' ').append(value);
      }
    }
    return note.toString();
  }

  private void batch(XmlCursor cursor, Relation relation) throws DrugFileException {
    if (batches.size() == DrugFileLimits.BATCHES_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          cursor.line(),
          "more than " + DrugFileLimits.BATCHES_MAX + " batches");
    }
    Batch batch = new Batch(relation, cursor.attributes(), cursor.line());
    batches.add(batch);
    while (cursor.next() == At.START) {
      expect(cursor, "Code");
      code(batch, cursor.attributes(), cursor.line());
      cursor.skip();
    }
    if (batch.codes.isEmpty()) {
      throw new DrugFileException(
          Reason.MISSING_FIELD, batch.line, "batch " + batch.number + " has no codes");
    }
  }

  private void code(Batch batch, Map<String, String> attributes, int line)
      throws DrugFileException {
    Subject subject = DrugCodes.subject(required(attributes, "curCode", line), batch.number, line);
    String layer = required(attributes, "packLayer", line);
    if (!layer.matches("[1-9]") || Integer.parseInt(layer) > batch.ratio.layers()) {
      throw new DrugFileException(
          Reason.LAYERS,
          line,
          "packLayer \""
              + layer
              + "\", but cascade "
              + batch.ratio
              + " has layers 1 to "
              + batch.ratio.layers());
    }
    Code code = named(subject.uri(), batch, line);
    if (code.line != 0) {
      throw new DrugFileException(
          Reason.CODE_TWICE, line, subject.uri() + " is in line " + code.line + " already");
    }
    code.line = line;
    code.batch = batch;
    code.layer = Integer.parseInt(layer);
    code.partial = optional(attributes, "flag", line).equals(FLAG_PARTIAL);
    layers = Math.max(layers, code.layer);
    batch.codes.add(code);
    String parent = optional(attributes, "parentCode", line);
    if (!parent.isEmpty()) {
      code.parent = named(DrugCodes.subject(parent, batch.number, line).uri(), batch, line);
      code.parent.add(code);
    }
  }

  /** A parent may come after what is in it, so a code exists from when it is first named. */
  private Code named(String uri, Batch batch, int line) throws DrugFileException {
    Code code = codes.get(uri);
    if (code == null) {
      if (codes.size() == DrugFileLimits.CODES_MAX) {
        throw new DrugFileException(
            Reason.LIMIT_EXCEEDED, line, "more than " + DrugFileLimits.CODES_MAX + " codes");
      }
      code = new Code(uri, batch);
      code.namedInLine = line;
      codes.put(uri, code);
    }
    return code;
  }

  // Checking -----------------------------------------------------------------------------------

  private void check() throws DrugFileException {
    if (codes.isEmpty()) {
      throw new DrugFileException(Reason.MISSING_FIELD, 0, "no codes");
    }
    for (Batch batch : batches) {
      for (Code code : batch.codes) {
        checkParent(code);
        checkContent(code);
      }
    }
  }

  private void checkParent(Code code) throws DrugFileException {
    Code parent = code.parent;
    if (parent == null) {
      if (code.layer < code.batch.ratio.layers()) {
        remarks.add(code.line, code.uri + " of layer " + code.layer + " is in no pack");
      }
      return;
    }
    if (parent.line == 0) {
      throw new DrugFileException(
          Reason.PARENT_MISSING, code.line, "parentCode " + parent.uri + " is not in the file");
    }
    if (parent.layer != code.layer + 1) {
      throw new DrugFileException(
          Reason.LAYERS,
          code.line,
          "packLayer "
              + code.layer
              + " inside packLayer "
              + parent.layer
              + " of line "
              + parent.line
              + ", expected "
              + (code.layer + 1));
    }
  }

  private void checkContent(Code code) throws DrugFileException {
    if (code.layer == 1) {
      return;
    }
    int full = code.batch.ratio.inside(code.layer);
    if (code.children > full) {
      throw new DrugFileException(
          Reason.RATIO,
          code.line,
          code.uri
              + " holds "
              + code.children
              + ", cascade "
              + code.batch.ratio
              + " allows "
              + full
              + " in layer "
              + code.layer);
    }
    if (code.children < full && !code.partial) {
      remarks.add(
          code.line,
          code.uri
              + " holds "
              + code.children
              + " of "
              + full
              + " by cascade "
              + code.batch.ratio
              + ", and its flag does not say so");
    }
  }

  private static void expect(XmlCursor cursor, String name) throws DrugFileException {
    if (!cursor.name().equals(name)) {
      throw other(cursor, name);
    }
  }

  private static DrugFileException other(XmlCursor cursor, String expected) {
    return new DrugFileException(
        Reason.OTHER_DOCUMENT, cursor.line(), "no 关联关系 file: expected " + expected);
  }

  private static String required(Map<String, String> attributes, String name, int line)
      throws DrugFileException {
    String value = optional(attributes, name, line);
    if (value.isEmpty()) {
      throw new DrugFileException(Reason.MISSING_FIELD, line, name + " must be given");
    }
    return value;
  }

  private static String optional(Map<String, String> attributes, String name, int line)
      throws DrugFileException {
    String value = attributes.getOrDefault(name, "");
    if (value.length() > DrugFileLimits.NAME_CHARACTERS_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          line,
          name + " is longer than " + DrugFileLimits.NAME_CHARACTERS_MAX + " characters");
    }
    return value;
  }

  // Read ---------------------------------------------------------------------------------------

  List<Batch> batches() {
    return batches;
  }

  /** The outermost layer that a code is of. */
  int layers() {
    return layers;
  }

  byte[] bytes() {
    return bytes;
  }

  public int codeCount() {
    return codes.size();
  }

  /** What is odd in the file, in the order of its lines. */
  public List<Remark> remarks() {
    return remarks.list();
  }
}
