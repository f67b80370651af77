// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import com.ctc.wstx.stax.WstxOutputFactory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** EPCIS 2.0 in XML, elements in the order of its schema. */
public final class XmlDocumentWriter {
  private static final XMLOutputFactory XML = new WstxOutputFactory();

  private final XMLStreamWriter xml;
  private final NamespacePrefixes prefixes;
  private int depth;

  private XmlDocumentWriter(XMLStreamWriter xml, NamespacePrefixes prefixes) {
    this.xml = xml;
    this.prefixes = prefixes;
  }

  /**
   * @param created when the document is made
   */
  public static byte[] write(List<EpcisEvent> events, Instant created) {
    List<Node> trees = events.stream().map(EventTree::of).toList();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      XMLStreamWriter xml = XML.createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
      new XmlDocumentWriter(xml, new NamespacePrefixes(trees)).document(trees, created);
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private void document(List<Node> events, Instant created) throws XMLStreamException {
    xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
    xml.writeCharacters("\n");
    xml.writeStartElement("epcis", "EPCISDocument", XmlShapes.XSD_2);
    xml.writeNamespace("epcis", XmlShapes.XSD_2);
    for (Map.Entry<String, String> entry : prefixes.all().entrySet()) {
      xml.writeNamespace(entry.getValue(), entry.getKey());
    }
    xml.writeAttribute("schemaVersion", "2.0");
    xml.writeAttribute("creationDate", DateTimes.format(created.toEpochMilli()));
    depth = 1;
    start("EPCISBody");
    start("EventList");
    for (Node event : events) {
      start(event.name());
      fields(event);
      end();
    }
    end();
    end();
    xml.writeCharacters("\n");
    xml.writeEndElement();
    xml.writeEndDocument();
  }

  private void fields(Node parent) throws XMLStreamException {
    String open = "";
    for (Node node : parent.children()) {
      String item = parent.isForeign() ? null : XmlShapes.ITEMS.get(node.name());
      if (!open.isEmpty() && !open.equals(node.name())) {
        end();
        open = "";
      }
      if (item == null) {
        element(node.name(), node);
      } else {
        if (open.isEmpty()) {
          start(node.name());
          open = node.name();
        }
        item(item, node);
      }
    }
    if (!open.isEmpty()) {
      end();
    }
  }

  private void item(String item, Node node) throws XMLStreamException {
    Node value = XmlShapes.TYPED_ITEMS.contains(item) ? node.first(item) : null;
    if (value == null) {
      element(item, node);
      return;
    }
    indent();
    xml.writeStartElement(item);
    Node type = node.first("type");
    if (type != null) {
      xml.writeAttribute("type", type.text());
    }
    xml.writeCharacters(value.text());
    xml.writeEndElement();
  }

  private void element(String name, Node node) throws XMLStreamException {
    boolean ofAttributes = XmlShapes.OF_ATTRIBUTES.contains(name);
    start(name);
    List<Node> elements = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Node child : node.children()) {
      boolean plain = child.children().isEmpty() && seen.add(child.name());
      boolean attribute = ofAttributes || (!node.text().isEmpty() && !child.isForeign());
      if (plain && attribute) {
        attribute(child);
      } else {
        elements.add(child);
      }
    }
    xml.writeCharacters(node.text());
    if (elements.isEmpty()) {
      depth--;
      xml.writeEndElement();
    } else {
      fields(new Node(node.name(), "", elements));
      end();
    }
  }

  private void attribute(Node node) throws XMLStreamException {
    String value = Measurements.compact(node.text());
    if (node.isForeign()) {
      String namespace = Names.namespace(node.name());
      xml.writeAttribute(
          prefixes.prefix(namespace), namespace, Names.local(node.name()), node.text());
    } else {
      xml.writeAttribute(node.name(), value);
    }
  }

  private void start(String name) throws XMLStreamException {
    indent();
    depth++;
    if (name.startsWith("{")) {
      String namespace = Names.namespace(name);
      xml.writeStartElement(prefixes.prefix(namespace), Names.local(name), namespace);
    } else {
      xml.writeStartElement(name);
    }
  }

  private void end() throws XMLStreamException {
    depth--;
    indent();
    xml.writeEndElement();
  }

  private void indent() throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }
}
