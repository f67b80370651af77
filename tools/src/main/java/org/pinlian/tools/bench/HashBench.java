// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.pinlian.gateway.epcis.EpcisEvent;
import org.pinlian.gateway.epcis.EpcisException;
import org.pinlian.gateway.epcis.EpcisReader;
import org.pinlian.gateway.epcis.EventHash;
import org.pinlian.gateway.epcis.JsonDocumentWriter;
import org.pinlian.gateway.epcis.XmlDocumentWriter;

/**
 * How many EPCIS events a core hashes in a second. One thread; a second is one that this thread had
 * a processor for.
 */
public final class HashBench {
  static final double TARGET = 20_000;

  private static final int EVENTS = 500;
  private static final int ROUNDS_MAX = 1_000;
  private static final int SECONDS_MAX = 60;
  private static final int SCALE = 1_000;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final long nanos;

  private HashBench(int seconds) {
    this.nanos = seconds * 1_000_000_000L;
  }

  /** Work done once over all events; to be repeated. */
  @FunctionalInterface
  private interface Pass {
    /** Returns something of the result, so that nothing is optimized away. */
    int run() throws EpcisException;
  }

  /**
   * @param rounds of which the medians are told
   * @param seconds of each measurement
   * @param notes told what goes on
   */
  public static Report run(int rounds, int seconds, long seed, Consumer<String> notes)
      throws EpcisException {
    if (rounds < 1 || rounds > ROUNDS_MAX || seconds < 1 || seconds > SECONDS_MAX) {
      throw new IllegalArgumentException(
          "1 to " + ROUNDS_MAX + " rounds, of 1 to " + SECONDS_MAX + " seconds");
    }
    byte[] written = document(new SplittableRandom(seed)).getBytes(StandardCharsets.UTF_8);
    List<EpcisEvent> events = EpcisReader.events(written);
    Instant now = Instant.EPOCH.plusSeconds(1);
    byte[] json = JsonDocumentWriter.write(events, now);
    byte[] xml = XmlDocumentWriter.write(events, now);
    HashBench bench = new HashBench(seconds);
    Report report = new Report(json.length / EVENTS, xml.length / EVENTS);
    // Before the first round counts, the code is as fast as it gets.
    for (int round = -1; round < rounds; round++) {
      notes.accept(round < 0 ? "Warming up" : "Round " + (round + 1) + " of " + rounds);
      double memory = bench.rate(() -> hashAll(events));
      double fromJson = bench.rate(() -> hashAll(EpcisReader.events(json)));
      double fromXml = bench.rate(() -> hashAll(EpcisReader.events(xml)));
      if (round >= 0) {
        report.memory.add(memory);
        report.json.add(fromJson);
        report.xml.add(fromXml);
      }
    }
    return report;
  }

  private static int hashAll(List<EpcisEvent> events) {
    int mixed = 0;
    for (EpcisEvent event : events) {
      mixed ^= EventHash.of(event).hashCode();
    }
    return mixed;
  }

  private double rate(Pass pass) throws EpcisException {
    long from = threads.getCurrentThreadCpuTime();
    long spent = 0;
    long done = 0;
    int first = pass.run();
    while (spent < nanos) {
      if (pass.run() != first) {
        throw new IllegalStateException("the same event, and another hash");
      }
      done += EVENTS;
      spent = threads.getCurrentThreadCpuTime() - from;
    }
    return (done + EVENTS) * 1e9 / spent;
  }

  /** What a firm's system would write in a day: units made, packed, shipped, measured, received. */
  private static String document(SplittableRandom random) {
    StringBuilder json = new StringBuilder();
    json.append("{\"@context\":[{\"ext1\":\"https://ns.example.com/bench/\"}],");
    json.append("\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\",");
    json.append("\"creationDate\":\"2026-03-01T00:00:00Z\",\"epcisBody\":{\"eventList\":[");
    for (int i = 0; i < EVENTS; i++) {
      json.append(i == 0 ? "" : ",");
      json.append(event(i, random).replace('\'', '"'));
    }
    return json.append("]}}").toString();
  }

  private static String event(int index, SplittableRandom random) {
    String when =
        String.format(
            Locale.ROOT,
            "'eventTime':'2026-03-01T%02d:%02d:%02d.%03d+08:00','eventTimeZoneOffset':'+08:00',"
                + "'readPoint':{'id':'urn:epc:id:sgln:9520000.00001.%d'},"
                + "'bizLocation':{'id':'urn:epc:id:sgln:9520000.00001.0'},",
            index / 60 % 24,
            index % 60,
            random.nextInt(60),
            random.nextInt(1_000),
            1 + random.nextInt(90));
    String parent = "urn:epc:id:sscc:9520000.1" + (100_000_000 + index);
    return switch (index % 5) {
      case 0 ->
          "{'type':'ObjectEvent','action':'ADD','bizStep':'commissioning',"
              + when
              + "'epcList':["
              + epcs(random)
              + "],'ilmd':{'cbvmda:lotNumber':'L1','cbvmda:itemExpirationDate':'2027-01-01'}}";
      case 1 ->
          "{'type':'AggregationEvent','action':'ADD','bizStep':'packing',"
              + when
              + "'parentID':'"
              + parent
              + "','childEPCs':["
              + epcs(random)
              + "]}";
      case 2 ->
          "{'type':'ObjectEvent','action':'OBSERVE','bizStep':'shipping','disposition':"
              + "'in_transit',"
              + when
              + "'epcList':['"
              + parent
              + "'],'bizTransactionList':[{'type':'desadv','bizTransaction':"
              + "'urn:epcglobal:cbv:bt:9520000000011:"
              + index
              + "'}],'destinationList':[{'type':'possessing_party','destination':"
              + "'urn:epc:id:pgln:9520000.00002'}]}";
      case 3 ->
          "{'type':'ObjectEvent','action':'OBSERVE','bizStep':'sensor_reporting',"
              + when
              + "'epcList':['"
              + parent
              + "'],'sensorElementList':[{'sensorMetadata':{'time':'2026-03-01T00:00:00Z',"
              + "'deviceID':'urn:epc:id:giai:9520000.7'},'sensorReport':[{'type':'Temperature',"
              + "'value':"
              + (20 + random.nextInt(60)) / 10.0
              + ",'uom':'CEL'}]}],'ext1:field':'"
              + index
              + "'}";
      default ->
          "{'type':'TransformationEvent','bizStep':'commissioning',"
              + when
              + "'inputQuantityList':[{'epcClass':'urn:epc:class:lgtin:9520000.000001.L"
              + index
              + "','quantity':"
              + random.nextInt(1, 1_000)
              + ",'uom':'KGM'}],'outputEPCList':["
              + epcs(random)
              + "]}";
    };
  }

  private static String epcs(SplittableRandom random) {
    List<String> epcs = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      epcs.add("'urn:epc:id:sgtin:9520000.000001." + random.nextLong(1, 1L << 40) + "'");
    }
    return String.join(",", epcs);
  }

  /** What was found, for people and for programs. */
  public static final class Report {
    private final Rates memory = new Rates();
    private final Rates json = new Rates();
    private final Rates xml = new Rates();
    private final int jsonBytes;
    private final int xmlBytes;

    private Report(int jsonBytes, int xmlBytes) {
      this.jsonBytes = jsonBytes;
      this.xmlBytes = xmlBytes;
    }

    public List<String> lines() {
      return List.of(
          line("events in memory", memory)
              + (memory.median() >= TARGET ? "  target met" : "  target missed"),
          line("from JSON-LD of " + jsonBytes + " bytes an event", json),
          line("from XML of " + xmlBytes + " bytes an event", xml));
    }

    private static String line(String what, Rates rates) {
      return String.format(
          Locale.ROOT,
          "%-40s %,10.0f events/s a core (%,.0f to %,.0f)",
          what,
          rates.median(),
          rates.min(),
          rates.max());
    }

    public ObjectNode json() {
      ObjectNode report = new ObjectMapper().createObjectNode();
      ObjectNode hash = rates(memory);
      hash.put("target", TARGET);
      hash.put("met", memory.median() >= TARGET);
      report.set("events_per_second_a_core", hash);
      report.set("from_json_events_per_second_a_core", rates(json));
      report.set("from_xml_events_per_second_a_core", rates(xml));
      report.put("json_bytes_an_event", jsonBytes);
      report.put("xml_bytes_an_event", xmlBytes);
      return report;
    }

    private static ObjectNode rates(Rates rates) {
      ObjectNode json = new ObjectMapper().createObjectNode();
      json.put("median", rounded(rates.median()));
      json.put("min", rounded(rates.min()));
      json.put("max", rounded(rates.max()));
      ArrayNode rounds = json.putArray("rounds");
      rates.rounds().forEach(round -> rounds.add(rounded(round)));
      return json;
    }

    private static double rounded(double value) {
      return (double) Math.round(value * SCALE) / SCALE;
    }
  }
}
