// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;

/**
 * Goes over a document of strangers, element by element, and never holds more than one of them. No
 * DOCTYPE, so no entities but the five that XML has; nothing outside the document is read. Used by
 * one thread.
 */
final class XmlCursor {
  /** What programs in the trade write. Others would be guessed at. */
  private static final Set<String> ENCODINGS = Set.of("UTF-8", "GB2312", "GBK", "GB18030");

  private static final Pattern DECLARED =
      Pattern.compile("^<\\?xml[^>]{0,100}?encoding\\s*=\\s*[\"']([A-Za-z0-9._-]{1,40})[\"']");
  private static final int DECLARATION_BYTES_MAX = 200;

  private static final XMLInputFactory XML = factory();

  private final XMLStreamReader reader;
  private int depth;
  private int line = 1;

  private XmlCursor(XMLStreamReader reader) {
    this.reader = reader;
  }

  private static XMLInputFactory factory() {
    // The JDK's own: another on the class path may mean something else by these properties.
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
    factory.setProperty(
        "jdk.xml.elementAttributeLimit", Integer.toString(DrugFileLimits.ATTRIBUTES_MAX));
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("nothing outside the document is read");
    });
    return factory;
  }

  static XmlCursor over(byte[] bytes) throws DrugFileException {
    if (bytes.length > DrugFileLimits.DOCUMENT_BYTES_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          0,
          bytes.length + " bytes, at most " + DrugFileLimits.DOCUMENT_BYTES_MAX);
    }
    try {
      return new XmlCursor(XML.createXMLStreamReader(characters(bytes)));
    } catch (XMLStreamException e) {
      throw malformed(e, 1);
    }
  }

  /** Strictly: a byte that is no character of the encoding is a fault, not a question mark. */
  private static Reader characters(byte[] bytes) throws DrugFileException {
    boolean mark =
        bytes.length >= 3
            && (bytes[0] & 0xff) == 0xef
            && (bytes[1] & 0xff) == 0xbb
            && (bytes[2] & 0xff) == 0xbf;
    int from = mark ? 3 : 0;
    String start =
        new String(
            bytes,
            from,
            Math.min(bytes.length - from, DECLARATION_BYTES_MAX),
            StandardCharsets.ISO_8859_1);
    Matcher declared = DECLARED.matcher(start);
    String encoding = declared.find() ? declared.group(1).toUpperCase(Locale.ROOT) : "UTF-8";
    if (!ENCODINGS.contains(encoding) || (mark && !encoding.equals("UTF-8"))) {
      throw new DrugFileException(
          Reason.NOT_WELL_FORMED, 1, "encoding " + encoding + ", expected one of " + ENCODINGS);
    }
    return new InputStreamReader(
        new ByteArrayInputStream(bytes, from, bytes.length - from),
        Charset.forName(encoding)
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  /** What stands at the cursor. */
  enum At {
    START,
    END,
    DONE
  }

  /** On to the next start or end of an element. Text between elements must be blank. */
  At next() throws DrugFileException {
    while (true) {
      switch (step()) {
        case XMLStreamConstants.START_ELEMENT -> {
          entered();
          return At.START;
        }
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          return At.END;
        }
        case XMLStreamConstants.END_DOCUMENT -> {
          return At.DONE;
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (!reader.isWhiteSpace() && !reader.getText().isBlank()) {
            throw new DrugFileException(Reason.OTHER_DOCUMENT, line(), "text between elements");
          }
        }
        default -> {}
      }
    }
  }

  /**
   * The text of the element at whose start the cursor is; leaves it at the end. Only a leaf has
   * one.
   */
  String text(int charactersMax) throws DrugFileException {
    String name = name();
    return textOrElements(charactersMax)
        .orElseThrow(() ->
            new DrugFileException(
                Reason.OTHER_DOCUMENT, line(), name + " has elements inside, expected a text"));
  }

  /**
   * The text of a leaf, with the cursor at its end; or empty, with the cursor at the start of the
   * first element inside.
   */
  Optional<String> textOrElements(int charactersMax) throws DrugFileException {
    String name = name();
    int from = line();
    StringBuilder text = new StringBuilder();
    while (true) {
      switch (step()) {
        case XMLStreamConstants.END_ELEMENT -> {
          depth--;
          String flat = text.toString().replaceAll("[\\t\\r\\n]+", " ").strip();
          requireVisible(name, flat);
          return Optional.of(flat);
        }
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
          if (text.length() + reader.getTextLength() > charactersMax) {
            throw new DrugFileException(
                Reason.LIMIT_EXCEEDED,
                from,
                name + " is longer than " + charactersMax + " characters");
          }
          text.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
        }
        case XMLStreamConstants.START_ELEMENT -> {
          entered();
          if (!text.toString().isBlank()) {
            throw new DrugFileException(
                Reason.OTHER_DOCUMENT, line(), name + " has text and elements side by side");
          }
          return Optional.empty();
        }
        default -> {}
      }
    }
  }

  /** Passes over the element at whose start the cursor is, with all that is in it. */
  void skip() throws DrugFileException {
    int outside = depth - 1;
    while (depth > outside) {
      switch (step()) {
        case XMLStreamConstants.START_ELEMENT -> entered();
        case XMLStreamConstants.END_ELEMENT -> depth--;
        default -> {}
      }
    }
  }

  private int step() throws DrugFileException {
    try {
      int event = reader.next();
      line = Math.max(line, reader.getLocation().getLineNumber());
      switch (event) {
        case XMLStreamConstants.DTD ->
            throw new DrugFileException(Reason.NOT_WELL_FORMED, line(), "a DOCTYPE is not allowed");
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new DrugFileException(
                Reason.NOT_WELL_FORMED, line(), "an entity that is not declared");
        default -> {}
      }
      return event;
    } catch (XMLStreamException e) {
      throw malformed(e, line);
    }
  }

  private void entered() throws DrugFileException {
    if (++depth > DrugFileLimits.DEPTH_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          line(),
          "more than " + DrugFileLimits.DEPTH_MAX + " elements inside one another");
    }
    // The parser's own limit is the same; this one does not depend on the parser.
    if (reader.getAttributeCount() > DrugFileLimits.ATTRIBUTES_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          line(),
          reader.getAttributeCount() + " attributes, at most " + DrugFileLimits.ATTRIBUTES_MAX);
    }
  }

  private static DrugFileException malformed(XMLStreamException e, int line) {
    Throwable cause = e.getNestedException();
    int at = e.getLocation() == null ? line : Math.max(line, e.getLocation().getLineNumber());
    String message = String.valueOf(e.getMessage());
    if (message.contains("JAXP0001")) {
      return new DrugFileException(
          Reason.LIMIT_EXCEEDED, at, "beyond a limit of the XML reader", e);
    }
    if (cause instanceof IOException) {
      return new DrugFileException(
          Reason.NOT_WELL_FORMED, at, "bytes that are not characters of its encoding", e);
    }
    // The parser's sentence is the last line; the first says the place, which is told already.
    String said = message.lines().reduce("", (first, second) -> second);
    return new DrugFileException(Reason.NOT_WELL_FORMED, at, "not XML: " + said, e);
  }

  String name() {
    return reader.getLocalName();
  }

  /** Where the element at the cursor, or its start tag, ends. */
  int line() {
    return line;
  }

  /** Attributes by local name, whose case does not matter: programs in the trade differ in it. */
  Map<String, String> attributes() throws DrugFileException {
    Map<String, String> attributes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String value = reader.getAttributeValue(i);
      if (value.length() > DrugFileLimits.TEXT_CHARACTERS_MAX) {
        throw new DrugFileException(
            Reason.LIMIT_EXCEEDED,
            line(),
            reader.getAttributeLocalName(i)
                + " is longer than "
                + DrugFileLimits.TEXT_CHARACTERS_MAX
                + " characters");
      }
      requireVisible(reader.getAttributeLocalName(i), value);
      if (attributes.put(reader.getAttributeLocalName(i), value.strip()) != null) {
        throw new DrugFileException(
            Reason.NOT_WELL_FORMED, line(), reader.getAttributeLocalName(i) + " is given twice");
      }
    }
    return attributes;
  }

  /** What the ledger would refuse as a character nobody sees is refused here, with its line. */
  private void requireVisible(String name, String text) throws DrugFileException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)
          || c == 0x2028
          || c == 0x2029
          || (c >= 0x202a && c <= 0x202e)
          || (c >= 0x2066 && c <= 0x2069)) {
        throw new DrugFileException(
            Reason.BAD_FIELD,
            line(),
            String.format(Locale.ROOT, "%s has the control character U+%04X", name, (int) c));
      }
    }
  }
}
