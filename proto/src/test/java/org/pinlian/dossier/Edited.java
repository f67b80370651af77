// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.pinlian.identifier.Subject;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownEntry;
import org.pinlian.v1.ShownRecord;
import org.pinlian.v1.TraceEnd;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceStart;

/** The messages of a trace, to be lied in. */
final class Edited {
  final List<TraceReply> messages;

  Edited(List<TraceReply> trace) {
    this.messages = new ArrayList<>(trace);
  }

  int find(Predicate<TraceReply> wanted) {
    for (int i = 0; i < messages.size(); i++) {
      if (wanted.test(messages.get(i))) {
        return i;
      }
    }
    throw new IllegalArgumentException("no such message");
  }

  int chain(Subject of, boolean notices) {
    return find(reply ->
        reply.hasChain()
            && reply.getChain().getSubject().equals(of.uri())
            && reply.getChain().getNotices() == notices);
  }

  int record(RecordPlace place) {
    return find(reply ->
        reply.hasRecord()
            && reply.getRecord().getIndex() == place.index()
            && reply.getRecord().getPosition() == place.position());
  }

  int entry(long index) {
    return find(reply -> reply.hasEntry() && reply.getEntry().getIndex() == index);
  }

  Edited with(int at, Consumer<TraceReply.Builder> change) {
    TraceReply.Builder changed = messages.get(at).toBuilder();
    change.accept(changed);
    messages.set(at, changed.build());
    return this;
  }

  Edited withStart(Consumer<TraceStart.Builder> change) {
    return with(0, reply -> change.accept(reply.getStartBuilder()));
  }

  Edited withRecord(RecordPlace place, Consumer<ShownRecord.Builder> change) {
    return with(record(place), reply -> change.accept(reply.getRecordBuilder()));
  }

  Edited withEntry(long index, Consumer<ShownEntry.Builder> change) {
    return with(entry(index), reply -> change.accept(reply.getEntryBuilder()));
  }

  Edited withChain(Subject of, boolean notices, Consumer<ShownChain.Builder> change) {
    return with(chain(of, notices), reply -> change.accept(reply.getChainBuilder()));
  }

  Edited withEnd(Consumer<TraceEnd.Builder> change) {
    return with(messages.size() - 1, reply -> change.accept(reply.getEndBuilder()));
  }

  Edited put(int at, ShownChain chain) {
    messages.set(at, TraceReply.newBuilder().setChain(chain).build());
    return this;
  }

  Edited insert(int at, TraceReply reply) {
    messages.add(at, reply);
    return this;
  }

  Edited drop(int at) {
    TraceReply unused = messages.remove(at);
    return this;
  }
}
