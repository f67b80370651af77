// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Reach;
import org.pinlian.record.Reach.Window;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Direction;
import org.pinlian.v1.PublicPart;

/** Goes the way of a story once more, and notes which records it passes. For one story. */
final class Asides {
  private final Story story;
  private final Map<String, Chain> chains = new HashMap<>();

  private record Chain(Hash key, List<RecordPlace> places, List<Reach.Step> steps) {}

  private record Followed(String subject, Window window) {}

  private Asides(Story story) {
    this.story = story;
    for (StoryChain told : story.chains()) {
      Chain chain = chain(told);
      if (chain != null) {
        chains.put(told.subject(), chain);
      }
    }
  }

  static Set<RecordPlace> of(Story story, Direction direction) {
    Set<RecordPlace> asides = new HashSet<>();
    story.records().forEach(record -> asides.add(record.place()));
    new Asides(story).passed(direction).forEach(asides::remove);
    return asides;
  }

  private Set<RecordPlace> passed(Direction direction) {
    Set<RecordPlace> passed = new HashSet<>();
    Set<Followed> seen = new HashSet<>();
    Deque<Followed> waiting = new ArrayDeque<>();
    Followed first = new Followed(story.subject(), Window.WHOLE);
    seen.add(first);
    waiting.add(first);
    while (!waiting.isEmpty()) {
      Followed next = waiting.remove();
      Chain chain = chains.get(next.subject);
      if (chain == null) {
        // Beyond a limit, or a keys chain.
        continue;
      }
      passed.addAll(
          next.window.inside() == null
              ? chain.places
              : Reach.within(chain.key, next.window, chain.steps));
      Reach.along(
          direction,
          chain.key,
          next.window,
          chain.steps,
          (line, window) -> {
            Followed reached = new Followed(line.subject(), window);
            if (seen.add(reached)) {
              waiting.add(reached);
            }
          });
    }
    return passed;
  }

  /** Null if no line shows the subject's key, which a chain with records always has. */
  private @Nullable Chain chain(StoryChain told) {
    Hash key = null;
    List<Reach.Step> steps = new ArrayList<>();
    for (RecordPlace place : told.records()) {
      StoryRecord record = story.record(place).orElseThrow();
      List<Reach.Touch> touches = new ArrayList<>();
      for (StoryLine line : record.lines()) {
        String subject = line.subject();
        if (subject != null) {
          touches.add(new Reach.Touch(line.role().getNumber(), line.subjectKey(), subject));
          key = subject.equals(told.subject()) ? line.subjectKey() : key;
        }
      }
      PublicPart part = record.publicPart();
      boolean whole = touches.size() == record.lines().size();
      boolean removal = whole && part != null && Reach.isRemoval(record.kind().getNumber(), part);
      // A record not shown whole leads nowhere, but it is still one of the stay.
      steps.add(new Reach.Step(place, removal, whole ? touches : List.of()));
    }
    return key == null ? null : new Chain(key, told.records(), steps);
  }
}
