// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What became of the lies, and of the honest dossiers among them. */
public final class LiesReport {
  private final long count;
  private final boolean compared;
  private final Tally java = new Tally();
  private final Tally other = new Tally();

  /**
   * @param compared whether another verifier is told the same
   */
  LiesReport(long count, boolean compared) {
    this.count = count;
    this.compared = compared;
  }

  /** What one verifier said. */
  private static final class Tally {
    private final Map<Trick, Map<String, Long>> lies = new EnumMap<>(Trick.class);
    private final Map<String, Long> rules = new TreeMap<>();
    private final Map<String, Long> wronged = new TreeMap<>();
    private long refused;
    private long accepted;
    private long otherwise;

    /**
     * @param trick null for an honest one
     */
    synchronized void add(@Nullable Trick trick, String verdict) {
      boolean good = verdict.equals(Frame.ACCEPTED);
      String rule =
          verdict.startsWith(Frame.REFUSED) ? verdict.substring(Frame.REFUSED.length()) : verdict;
      if (trick == null) {
        if (good) {
          accepted++;
        } else {
          wronged.merge(rule, 1L, Long::sum);
        }
        return;
      }
      lies.computeIfAbsent(trick, _ -> new TreeMap<>()).merge(rule, 1L, Long::sum);
      if (verdict.startsWith(Frame.REFUSED)) {
        refused++;
        rules.merge(rule, 1L, Long::sum);
        if (!trick.caughtBy().name().equals(rule)) {
          otherwise++;
        }
      }
    }

    synchronized boolean isRight(long count) {
      return refused == count && accepted == count && otherwise == 0;
    }

    synchronized ObjectNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("refused", refused);
      json.put("acceptedHonest", accepted);
      json.put("refusedOtherwise", otherwise);
      ObjectNode byRule = json.putObject("rules");
      rules.forEach(byRule::put);
      ObjectNode byLie = json.putObject("lies");
      lies.forEach((trick, verdicts) -> {
        ObjectNode lie = byLie.putObject(trick.name());
        lie.put("byOperator", trick.isOperators());
        verdicts.forEach(lie::put);
      });
      if (!wronged.isEmpty()) {
        ObjectNode honest = json.putObject("honestRefused");
        wronged.forEach(honest::put);
      }
      return json;
    }

    synchronized List<String> lines(String who, long count) {
      List<String> lines = new ArrayList<>();
      lines.add(
          who
              + ": "
              + refused
              + " of "
              + count
              + " lies refused, "
              + accepted
              + " of "
              + count
              + " honest dossiers accepted");
      lies.forEach((trick, verdicts) -> lines.add("  " + trick + " " + verdicts));
      return lines;
    }
  }

  void addJava(@Nullable Trick trick, String verdict) {
    java.add(trick, verdict);
  }

  void addOther(@Nullable Trick trick, String verdict) {
    other.add(trick, verdict);
  }

  /** Whether every lie was refused for a reason that it gave, and nothing honest was. */
  public boolean isRight() {
    return java.isRight(count) && (!compared || other.isRight(count));
  }

  /** For programs. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("count", count);
    json.put("honest", count);
    json.put(
        "byOperator",
        java.lies.entrySet().stream()
            .filter(lie -> lie.getKey().isOperators())
            .flatMap(lie -> lie.getValue().values().stream())
            .mapToLong(Long::longValue)
            .sum());
    json.set("java", java.json());
    json.set("typescript", compared ? other.json() : JsonNodeFactory.instance.nullNode());
    return json;
  }

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>(java.lines("Java", count));
    if (compared) {
      lines.addAll(other.lines("TypeScript", count));
    }
    return lines;
  }
}
