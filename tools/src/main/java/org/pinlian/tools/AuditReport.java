// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pinlian.node.storage.Damage;
import org.pinlian.node.storage.DamageScan.TornTail;

/**
 * What an audit found.
 *
 * @param complete false if something could not be read to its end; {@code damages} says what
 * @param differences all of them, by column; columns without any are not there
 * @param listed the first, at most a hundred, the truth before what is derived from it
 * @param damages bytes on disk that are not what was written
 * @param tornTails left by a crash, and allowed
 * @param size of the log
 * @param signedSize of the last tree head signed; 0 if there is none
 * @param derivedUpTo size that the derived columns speak of; what follows is made at the next start
 * @param records of all submissions
 * @param erased records with sections that are gone because their key was destroyed
 * @param signatures verified
 * @param chains and notice chains
 */
public record AuditReport(
    boolean complete,
    SortedMap<String, Long> differences,
    List<Difference> listed,
    List<Damage> damages,
    List<TornTail> tornTails,
    long size,
    long signedSize,
    long derivedUpTo,
    long submissions,
    long blocks,
    long records,
    long erased,
    long signatures,
    long chains,
    long links,
    long files,
    long bytes,
    double seconds) {

  public AuditReport {
    differences = Collections.unmodifiableSortedMap(new TreeMap<>(differences));
    listed = List.copyOf(listed);
    damages = List.copyOf(damages);
    tornTails = List.copyOf(tornTails);
  }

  public boolean isClean() {
    return complete && differences.isEmpty() && damages.isEmpty();
  }

  public long differenceCount() {
    return differences.values().stream().mapToLong(Long::longValue).sum();
  }

  public Optional<Difference> first() {
    return listed.stream().findFirst();
  }

  /** Entries that the next start derives from again. */
  public long replayed() {
    return Math.max(0, size - derivedUpTo);
  }

  public double recordsPerSecond() {
    return seconds > 0 ? records / seconds : 0;
  }

  /** Plain numbers first, so that scripts find them before anything nested. */
  ObjectNode json() {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("clean", isClean());
    json.put("differences", differenceCount());
    json.put("complete", complete);
    json.put("entries", size);
    json.put("submissions", submissions);
    json.put("blocks", blocks);
    json.put("records", records);
    json.put("erased", erased);
    json.put("signatures", signatures);
    json.put("chains", chains);
    json.put("links", links);
    json.put("signedSize", signedSize);
    json.put("derivedUpTo", derivedUpTo);
    json.put("replayedAtNextStart", replayed());
    json.put("files", files);
    json.put("bytes", bytes);
    json.put("seconds", Math.round(seconds * 1000) / 1000.0);
    json.put("recordsPerSecond", Math.round(recordsPerSecond()));
    first().ifPresentOrElse(first -> json.set("first", json(first)), () -> json.putNull("first"));
    ObjectNode columns = json.putObject("columns");
    differences.forEach(columns::put);
    ArrayNode list = json.putArray("listed");
    listed.forEach(difference -> list.add(json(difference)));
    ArrayNode damaged = json.putArray("damages");
    for (Damage damage : damages) {
      ObjectNode one = damaged.addObject();
      one.put("file", damage.file().toString());
      one.put("offset", damage.offset());
      one.put("what", damage.what());
      one.put("keys", damage.keyRange());
    }
    ArrayNode torn = json.putArray("tornTails");
    for (TornTail tail : tornTails) {
      ObjectNode one = torn.addObject();
      one.put("file", tail.file().toString());
      one.put("offset", tail.offset());
    }
    return json;
  }

  private static ObjectNode json(Difference difference) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("column", difference.column());
    json.put("key", difference.key());
    json.put("expected", difference.expected());
    json.put("found", difference.found());
    return json;
  }
}
