// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import io.vertx.core.buffer.Buffer;
import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.Notice;
import org.pinlian.v1.Order;

/** Public notices as an Atom feed (RFC 4287), older pages by RFC 5005. */
final class NoticeFeed {
  private static final String NAMESPACE = "http://www.w3.org/2005/Atom";

  private final XMLStreamWriter xml;

  private NoticeFeed(XMLStreamWriter xml) {
    this.xml = xml;
  }

  static Buffer atom(ListNoticesReply page) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("utf-8", "1.0");
      new NoticeFeed(xml).feed(page);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return Buffer.buffer(text.toString());
  }

  private void feed(ListNoticesReply page) throws XMLStreamException {
    String origin = NoticeWords.origin(page);
    long updated = page.getNoticesCount() == 0 ? page.getAsOf() : 0;
    for (Notice notice : page.getNoticesList()) {
      updated = Math.max(updated, updated(notice));
    }
    xml.writeStartElement("feed");
    xml.writeDefaultNamespace(NAMESPACE);
    element("id", "urn:pinlian:notices:" + origin);
    element("title", "停止销售、下架退市、召回公告 Orders on goods: " + origin);
    element("updated", NoticeWords.time(updated));
    xml.writeStartElement("author");
    element("name", origin);
    xml.writeEndElement();
    link("self", NoticeRequests.ATOM);
    if (NoticeWords.hasNext(page)) {
      link("next", NoticeWords.next(page, NoticeRequests.ATOM));
    }
    for (Notice notice : page.getNoticesList()) {
      entry(notice);
    }
    xml.writeEndElement();
  }

  private static long updated(Notice notice) {
    return Math.max(notice.getRecordedAt(), notice.getSince());
  }

  private void entry(Notice notice) throws XMLStreamException {
    String digest = NoticeWords.hex(notice.getRecordDigest());
    xml.writeStartElement("entry");
    // The place too: one record may be recorded twice.
    element("id", "urn:pinlian:notice:" + digest + ":" + NoticeWords.place(notice.getAt()));
    element("title", NoticeWords.chinese(notice) + " " + NoticeWords.english(notice));
    element("published", NoticeWords.time(notice.getRecordedAt()));
    element("updated", NoticeWords.time(updated(notice)));
    xml.writeEmptyElement("category");
    attribute("term", NoticeWords.code(notice.getState(), "NOTICE_STATE"));
    attribute("label", NoticeWords.english(notice.getState()));
    xml.writeStartElement("content");
    attribute("type", "text");
    xml.writeCharacters(clean(content(notice)));
    xml.writeEndElement();
    xml.writeEndElement();
  }

  private static String content(Notice notice) {
    Order order = notice.getOrder();
    StringBuilder text = new StringBuilder();
    line(text, "状态 state", NoticeWords.chinese(notice.getState()));
    for (String subject : notice.getSubjectsList()) {
      line(text, "货物 goods", subject);
    }
    line(text, "依据 legal basis", order.getLegalBasis());
    line(text, "原因 reason", order.getReason());
    line(text, "作出时间 ordered at", NoticeWords.time(order.getOrderedAt()));
    line(text, "公告日期 announced on", order.getAnnouncedOn());
    line(text, "作出者 ordered by", notice.getOrderedBy());
    line(text, "记录 record", NoticeWords.place(notice.getAt()));
    line(text, "摘要 digest", NoticeWords.hex(notice.getRecordDigest()));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append(name).append(": ").append(value).append('\n');
    }
  }

  private void element(String name, String text) throws XMLStreamException {
    xml.writeStartElement(name);
    xml.writeCharacters(clean(text));
    xml.writeEndElement();
  }

  private void link(String relation, String address) throws XMLStreamException {
    xml.writeEmptyElement("link");
    attribute("rel", relation);
    attribute("type", "application/atom+xml");
    attribute("href", address);
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, clean(value));
  }

  /** What XML 1.0 cannot say at all, escaped or not, would make readers refuse the whole feed. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().map(point -> isXml(point) ? point : 0xfffd).forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean isXml(int point) {
    return point == '\t'
        || point == '\n'
        || (point >= 0x20 && point <= 0xd7ff)
        || (point >= 0xe000 && point <= 0xfffd)
        || point >= 0x10000;
  }
}
