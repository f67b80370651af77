// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import com.ctc.wstx.api.WstxInputProperties;
import com.ctc.wstx.exc.WstxException;
import com.ctc.wstx.stax.WstxInputFactory;
import com.google.protobuf.ByteString;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import org.codehaus.stax2.XMLInputFactory2;
import org.codehaus.stax2.XMLStreamReader2;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.gateway.epcis.RawDocument.Range;
import org.pinlian.gateway.epcis.RawDocument.RawEvent;

/**
 * EPCIS 1.2 and 2.0 in XML: of the schema's 1.2, only the {@code extension} elements are left, and
 * they are looked through. No DOCTYPE, so no entities but the five that XML has; UTF-8 alone. One
 * reading; used by one thread.
 */
final class XmlDocumentReader {
  static final String MEDIA_TYPE = "application/xml";

  private static final XMLInputFactory XML = factory();

  /** What an event that is a document by itself says as such. */
  private static final Set<String> OF_DOCUMENTS = Set.of("schemaVersion", "creationDate");

  private final byte[] bytes;
  private final Utf8Offsets offsets;
  private final XMLStreamReader2 reader;
  private final List<RawEvent> events = new ArrayList<>();
  private Range header = Range.NONE;
  private int depth;

  private XmlDocumentReader(byte[] bytes, String text, XMLStreamReader2 reader) {
    this.bytes = bytes;
    this.offsets = new Utf8Offsets(text, bytes.length);
    this.reader = reader;
  }

  private static XMLInputFactory factory() {
    WstxInputFactory factory = new WstxInputFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    // Lazily, faults would come as unchecked exceptions when a text is asked for.
    factory.setProperty(XMLInputFactory2.P_LAZY_PARSING, false);
    factory.setXMLResolver((publicId, systemId, base, namespace) -> {
      throw new XMLStreamException("nothing outside the document is read");
    });
    factory.setProperty(
        WstxInputProperties.P_MAX_ATTRIBUTES_PER_ELEMENT, EpcisLimits.ATTRIBUTES_MAX);
    factory.setProperty(WstxInputProperties.P_MAX_ATTRIBUTE_SIZE, EpcisLimits.TEXT_CHARACTERS_MAX);
    factory.setProperty(WstxInputProperties.P_MAX_TEXT_LENGTH, EpcisLimits.TEXT_CHARACTERS_MAX);
    factory.setProperty(WstxInputProperties.P_MAX_ELEMENT_DEPTH, EpcisLimits.DEPTH_MAX);
    factory.setProperty(WstxInputProperties.P_MAX_CHARACTERS, EpcisLimits.DOCUMENT_BYTES_MAX);
    factory.setProperty(WstxInputProperties.P_MAX_ENTITY_COUNT, 1);
    factory.setProperty(WstxInputProperties.P_CACHE_DTDS, false);
    return factory;
  }

  static RawDocument read(byte[] bytes) throws EpcisException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new EpcisException(Reason.NOT_WELL_FORMED, "", "not UTF-8", e);
    }
    int mark = text.startsWith("\uFEFF") ? 1 : 0;
    try {
      XMLStreamReader2 reader =
          (XMLStreamReader2) XML.createXMLStreamReader(new StringReader(text.substring(mark)));
      try {
        return new XmlDocumentReader(bytes, text, reader).document(mark);
      } finally {
        reader.closeCompletely();
      }
    } catch (XMLStreamException e) {
      throw refused(e);
    }
  }

  private static EpcisException refused(XMLStreamException e) {
    String message = String.valueOf(e.getMessage());
    // Woodstox has no type of its own for these; its faults of syntax have one.
    boolean limit = !(e instanceof WstxException) && message.contains("limit");
    return new EpcisException(
        limit ? Reason.LIMIT_EXCEEDED : Reason.NOT_WELL_FORMED,
        e.getLocation() == null
            ? ""
            : "line "
                + e.getLocation().getLineNumber()
                + ", column "
                + e.getLocation().getColumnNumber(),
        message.lines().findFirst().orElse(""),
        e);
  }

  private RawDocument document(int mark) throws XMLStreamException, EpcisException {
    offsets.skip(mark);
    requireDeclaration();
    while (reader.next() != XMLStreamConstants.START_ELEMENT) {
      if (reader.getEventType() == XMLStreamConstants.DTD) {
        throw new EpcisException(Reason.NOT_WELL_FORMED, "a DOCTYPE is not allowed");
      }
    }
    int from = start();
    String root = reader.getLocalName();
    String version = reader.getAttributeValue(null, "schemaVersion");
    if (version != null) {
      EpcisReader.requireVersion(version, "1", "2");
    }
    String created = reader.getAttributeValue(null, "creationDate");
    if (created != null) {
      EpcisReader.requireCreation(created);
    }
    boolean listed = false;
    if (root.endsWith("Event")) {
      Prefixes prefixes = Prefixes.NONE.with(declared());
      int line = line();
      List<Node> fields = new ArrayList<>(element(root).children());
      fields.removeIf(field -> OF_DOCUMENTS.contains(field.name()));
      events.add(new RawEvent(Node.of(root, fields), prefixes, line, new Range(from, end())));
      listed = true;
    } else if (root.equals("EPCISDocument") || root.equals("EPCISQueryDocument")) {
      listed = container(Prefixes.NONE.with(declared()));
    }
    while (reader.hasNext()) {
      reader.next();
    }
    if (!listed) {
      throw new EpcisException(
          Reason.NOT_EVENTS, "no EPCISDocument or EPCISQueryDocument with an EventList");
    }
    return new RawDocument(
        MEDIA_TYPE, ByteString.copyFrom(bytes), List.copyOf(events), Set.of(), header, "");
  }

  private void requireDeclaration() throws EpcisException {
    String encoding = reader.getCharacterEncodingScheme();
    if (encoding != null
        && !encoding.equalsIgnoreCase("UTF-8")
        && !encoding.equalsIgnoreCase("US-ASCII")) {
      throw new EpcisException(Reason.NOT_WELL_FORMED, "must be UTF-8, says " + encoding);
    }
    if (reader.getVersion() != null && !reader.getVersion().equals("1.0")) {
      throw new EpcisException(Reason.NOT_WELL_FORMED, "must be XML 1.0");
    }
  }

  /** Goes down to the list of events. Returns whether there was one. */
  private boolean container(Prefixes prefixes) throws XMLStreamException, EpcisException {
    boolean listed = false;
    while (reader.next() != XMLStreamConstants.END_ELEMENT) {
      if (reader.getEventType() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      switch (reader.getLocalName()) {
        case "EPCISBody", "QueryResults", "resultsBody" ->
            listed |= container(prefixes.with(declared()));
        case "EventList" -> {
          eventList(prefixes.with(declared()));
          listed = true;
        }
        case "EPCISHeader" -> {
          int from = start();
          reader.skipElement();
          header = new Range(from, end());
        }
        default -> reader.skipElement();
      }
    }
    return listed;
  }

  private void eventList(Prefixes prefixes) throws XMLStreamException, EpcisException {
    while (reader.next() != XMLStreamConstants.END_ELEMENT) {
      if (reader.getEventType() == XMLStreamConstants.START_ELEMENT) {
        if (events.size() == EpcisLimits.EVENTS_MAX) {
          throw new EpcisException(
              Reason.LIMIT_EXCEEDED, "more than " + EpcisLimits.EVENTS_MAX + " events");
        }
        int from = start();
        int line = line();
        RawEvent event = listed(prefixes.with(declared()));
        if (event == null) {
          throw new EpcisException(
              Reason.NOT_EVENTS, EpcisReader.place(events.size()), "an empty extension", null);
        }
        events.add(new RawEvent(event.node(), event.prefixes(), line, new Range(from, end())));
      }
    }
  }

  /** An event, or one in as many extension elements as EPCIS 1.2 has for its type. */
  private @Nullable RawEvent listed(Prefixes prefixes) throws XMLStreamException, EpcisException {
    String name = reader.getLocalName();
    if (!XmlShapes.isTransparent(name)) {
      return new RawEvent(element(name), prefixes, 0, Range.NONE);
    }
    RawEvent found = null;
    while (reader.next() != XMLStreamConstants.END_ELEMENT) {
      if (reader.getEventType() == XMLStreamConstants.START_ELEMENT) {
        if (found != null) {
          throw new EpcisException(
              Reason.NOT_EVENTS,
              EpcisReader.place(events.size()),
              "more than one event in an extension",
              null);
        }
        found = listed(prefixes.with(declared()));
      }
    }
    return found;
  }

  /** From the start of an element to its end. */
  private Node element(String name) throws XMLStreamException, EpcisException {
    if (++depth > EpcisLimits.DEPTH_MAX) {
      throw new EpcisException(
          Reason.LIMIT_EXCEEDED, "more than " + EpcisLimits.DEPTH_MAX + " levels");
    }
    List<Node> children = new ArrayList<>();
    attributes(children);
    String text = "";
    StringBuilder more = null;
    while (reader.next() != XMLStreamConstants.END_ELEMENT) {
      switch (reader.getEventType()) {
        case XMLStreamConstants.START_ELEMENT -> child(children);
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
          if (text.isEmpty()) {
            text = reader.getText().strip();
          } else {
            more = more == null ? new StringBuilder(text) : more;
            more.append(reader.getText());
          }
        }
        case XMLStreamConstants.ENTITY_REFERENCE ->
            throw new EpcisException(Reason.NOT_WELL_FORMED, "an entity that is not declared");
        default -> {}
      }
    }
    depth--;
    return new Node(name, more == null ? text : more.toString().strip(), children);
  }

  private void child(List<Node> into) throws XMLStreamException, EpcisException {
    String name = name(reader.getNamespaceURI(), reader.getLocalName());
    String item = XmlShapes.ITEMS.get(name);
    if (item != null) {
      items(name, item, into);
    } else if (XmlShapes.isTransparent(name)) {
      into.addAll(element(name).children());
    } else {
      into.add(element(name));
    }
  }

  /** The items of a list as fields called as the list. */
  private void items(String list, String item, List<Node> into)
      throws XMLStreamException, EpcisException {
    while (reader.next() != XMLStreamConstants.END_ELEMENT) {
      if (reader.getEventType() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      String name = name(reader.getNamespaceURI(), reader.getLocalName());
      if (!name.equals(item)) {
        throw new EpcisException(Reason.UNKNOWN_FIELD, list, "no " + name + " in here", null);
      }
      Node node = element(list);
      if (XmlShapes.TYPED_ITEMS.contains(item)) {
        List<Node> fields = new ArrayList<>(node.children());
        fields.add(Node.leaf(item, node.text()));
        into.add(Node.of(list, fields));
      } else {
        into.add(node);
      }
    }
  }

  private void attributes(List<Node> into) throws EpcisException {
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String namespace = reader.getAttributeNamespace(i);
      // Types and schema locations are about the syntax.
      if (!XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI.equals(namespace)) {
        into.add(
            Node.leaf(
                name(namespace, reader.getAttributeLocalName(i)),
                reader.getAttributeValue(i).strip()));
      }
    }
  }

  private static String name(@Nullable String namespace, String local) throws EpcisException {
    Names.requireLocal(local);
    if (namespace == null || XmlShapes.isEpcis(namespace)) {
      return local;
    }
    Names.requireNamespace(namespace);
    return Names.qualified(namespace, local);
  }

  private Map<String, String> declared() {
    if (reader.getNamespaceCount() == 0) {
      return Map.of();
    }
    Map<String, String> declared = new HashMap<>();
    for (int i = 0; i < reader.getNamespaceCount(); i++) {
      String prefix = reader.getNamespacePrefix(i);
      String namespace = reader.getNamespaceURI(i);
      if (prefix != null && namespace != null) {
        declared.put(prefix, namespace);
      }
    }
    return declared;
  }

  private int start() {
    return offsets.at(reader.getLocationInfo().getStartingCharOffset());
  }

  /** Of the element that just ended. */
  private int end() throws XMLStreamException {
    return offsets.at(reader.getLocationInfo().getEndingCharOffset());
  }

  private int line() {
    return reader.getLocation().getLineNumber();
  }
}
