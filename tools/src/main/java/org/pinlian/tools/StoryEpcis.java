// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.gateway.epcis.EpcisEvent;
import org.pinlian.gateway.epcis.EpcisEvent.Goods;
import org.pinlian.gateway.epcis.EventRecords;
import org.pinlian.gateway.epcis.JsonDocumentWriter;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Section;

/**
 * The trace events of a story as an EPCIS document, oldest first. Records of other kinds are no
 * events and are left out, as is what was withheld of those that are.
 */
final class StoryEpcis {
  private StoryEpcis() {}

  static String document(Story story, Instant created) {
    List<EpcisEvent> events = new ArrayList<>();
    for (StoryRecord record : story.records()) {
      PublicPart part = record.publicPart();
      if (part != null && part.hasTraceEvent()) {
        events.add(EventRecords.event(part.getTraceEvent(), sections(record), lines(record)));
      }
    }
    return new String(JsonDocumentWriter.write(events, created), StandardCharsets.UTF_8);
  }

  /** The document for {@code --json}. */
  static ObjectNode object(String document) {
    try {
      return (ObjectNode) Console.JSON.readTree(document);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Section> sections(StoryRecord record) {
    List<Section> shown = new ArrayList<>();
    for (StorySection section : record.sections()) {
      Section content = section.content();
      if (content != null) {
        shown.add(content);
      }
    }
    return shown;
  }

  private static List<Goods> lines(StoryRecord record) {
    List<Goods> lines = new ArrayList<>(record.lines().size());
    for (StoryLine line : record.lines()) {
      lines.add(new Goods(line.role(), line.subject()));
    }
    return lines;
  }
}
