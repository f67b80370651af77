// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.identifier.Subject;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedGroup;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.ShownEntry;

/** Changes of an honest dossier by somebody who has no key. */
final class WireTricks {
  private WireTricks() {}

  // Rule 1 ----------------------------------------------------------------------------------------

  /** Good once: before there was a recall, which the log has and the reader is not told of. */
  static Frame checkpointStale(Telling telling) {
    CrookedLedger ledger = telling.ledger;
    telling.asked = telling.one(telling.goods.asked().subList(0, 2));
    Dossier.Builder dossier = telling.assemble();
    var _ = ledger.submit(telling.world.authority, telling.world.order(telling.goods.lot()));
    var _ = telling.close();
    ledger.advance(Telling.GREATEST_AGE.plusMinutes(1 + telling.random.nextInt(999)));
    return telling.frame(dossier);
  }

  private static SignedNote note(Dossier.Builder dossier) {
    try {
      return SignedNote.parse(dossier.getCheckpoint().getBytes(StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(SignedNote note) {
    return new String(note.bytes(), StandardCharsets.UTF_8);
  }

  /** A witness's word on another checkpoint. */
  static Frame cosignatureReplayed(Telling telling) {
    PublishedBlock before = telling.close();
    var _ = telling.ledger.submit(telling.world.farm, telling.world.seen(telling.goods.raw()));
    Dossier.Builder dossier = telling.assemble();
    List<NoteSignature> signatures = new ArrayList<>(note(dossier).signatures());
    signatures.set(1, before.checkpoint().signatures().get(1));
    return telling.frame(
        dossier.setCheckpoint(text(SignedNote.of(note(dossier).text(), signatures))));
  }

  static Frame quorumShort(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    List<NoteSignature> signatures = new ArrayList<>(note(dossier).signatures());
    var _ = signatures.remove(1 + telling.random.nextInt(2));
    return telling.frame(
        dossier.setCheckpoint(text(SignedNote.of(note(dossier).text(), signatures))));
  }

  // Rule 2 ----------------------------------------------------------------------------------------

  /** One of the members with so many links at least. */
  private static ProvedChain.Builder linked(Telling telling, Dossier.Builder dossier, int least) {
    List<ProvedChain.Builder> linked =
        dossier.getMembersBuilderList().stream()
            .filter(member -> member.getLinksCount() >= least)
            .toList();
    return telling.one(linked);
  }

  static Frame linkCutOff(Telling telling) {
    telling.asked = telling.one(telling.goods.asked().subList(0, 2));
    Dossier.Builder dossier = telling.assemble();
    ProvedChain.Builder member = linked(telling, dossier, 2);
    member.removeLinks(telling.random.nextInt(member.getLinksCount()));
    return telling.frame(dossier);
  }

  static Frame dossierOfAnother(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    telling.asked = another(telling);
    return telling.frame(dossier);
  }

  static Frame dossierRenamed(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    telling.asked = another(telling);
    return telling.frame(dossier.setAsked(telling.asked.uri()));
  }

  private static Subject another(Telling telling) {
    return telling
        .one(telling.world.goods.stream().filter(goods -> !goods.equals(telling.goods)).toList())
        .lot();
  }

  // Rule 5 ----------------------------------------------------------------------------------------

  static Frame indexBeyondSize(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    long beyond = telling.ledger.size() + telling.random.nextInt(1_000);
    switch (telling.random.nextInt(4)) {
      case 0 -> dossier.getBlockBuilder().setIndex(beyond);
      case 1 -> {
        if (dossier.getEntriesCount() == 0) {
          dossier.getBlockBuilder().setIndex(-1);
        } else {
          dossier.getEntriesBuilder(dossier.getEntriesCount() - 1).setIndex(beyond);
        }
      }
      case 2 -> dossier.getRecordsBuilder(dossier.getRecordsCount() - 1).setIndex(beyond);
      default -> {
        ProvedChain.Builder member = linked(telling, dossier, 1);
        member.getLinksBuilder(member.getLinksCount() - 1).setIndex(beyond);
      }
    }
    return telling.frame(dossier);
  }

  static Frame pathLength(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    List<ShownEntry.Builder> entries = new ArrayList<>(dossier.getEntriesBuilderList());
    entries.add(dossier.getBlockBuilder());
    entries.add(dossier.getGenesisBuilder());
    ByteString hash = ByteString.copyFrom(new byte[32]);
    resize(telling.one(entries), telling.random.nextBoolean(), hash);
    return telling.frame(dossier);
  }

  /** From a record to its header. */
  static Frame recordPathLength(Telling telling) {
    telling.asked = telling.goods.raw();
    Dossier.Builder dossier = telling.assemble();
    List<ProvedRecord.Builder> signed =
        dossier.getRecordsBuilderList().stream()
            .filter(ProvedRecord.Builder::getSignerShown)
            .toList();
    telling.one(signed).addRecordsPath(ByteString.copyFrom(new byte[32]));
    return telling.frame(dossier);
  }

  private static void resize(ShownEntry.Builder entry, boolean longer, ByteString hash) {
    if (longer) {
      entry.addPath(hash);
    } else {
      List<ByteString> path = entry.getPathList();
      entry.clearPath().addAllPath(path.subList(0, path.size() - 1));
    }
  }

  /** More lines than there are: whoever is told of the others is left to guess. */
  static Frame lineCountWrong(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    List<ProvedGroup.Builder> whole = new ArrayList<>();
    for (ProvedRecord.Builder record : dossier.getRecordsBuilderList()) {
      for (ProvedGroup.Builder group : record.getGroupsBuilderList()) {
        if (group.getRoot().isEmpty()) {
          whole.add(group);
        }
      }
    }
    ProvedGroup.Builder group = telling.one(whole);
    group.setCount(group.getCount() + 2 + telling.random.nextInt(3));
    // To hold out longer: a root, and a path for every line.
    ByteString hash = ByteString.copyFrom(new byte[32]);
    group.setRoot(hash);
    group.getLinesBuilderList().forEach(line -> line.addPath(hash));
    return telling.frame(dossier);
  }

  // One story has one dossier ---------------------------------------------------------------------

  /** Cut off, and not between two fields of it. */
  static Frame truncated(Telling telling) {
    byte[] dossier = telling.assemble().build().toByteArray();
    int length = 1 + telling.random.nextInt(dossier.length - 1);
    while (isMessage(Arrays.copyOf(dossier, length))) {
      length--;
    }
    return telling.frame(Arrays.copyOf(dossier, length));
  }

  private static boolean isMessage(byte[] bytes) {
    try {
      return Dossier.parseFrom(bytes).isInitialized();
    } catch (InvalidProtocolBufferException cut) {
      return false;
    }
  }

  /** With a field that nobody knows, the format again, or a limit spelled out at length. */
  static Frame bytesAppended(Telling telling) {
    byte[] dossier = telling.assemble().build().toByteArray();
    byte[] more =
        telling.one(
            List.of(
                new byte[] {(byte) 0xf8, 7, 1},
                new byte[] {8, 1},
                new byte[] {104, (byte) 0x88, 0}));
    byte[] longer = Arrays.copyOf(dossier, dossier.length + more.length);
    System.arraycopy(more, 0, longer, dossier.length, more.length);
    return telling.frame(longer);
  }

  static Frame keysChainDropped(Telling telling) {
    telling.asked = telling.goods.raw();
    Dossier.Builder dossier = telling.assemble();
    dossier.removeKeys(telling.random.nextInt(dossier.getKeysCount()));
    return telling.frame(dossier);
  }

  static Frame listShuffled(Telling telling) {
    telling.asked = telling.one(List.of(telling.goods.raw(), telling.goods.unit()));
    Dossier.Builder dossier = telling.assemble();
    switch (telling.random.nextInt(3)) {
      case 0 -> {
        List<ProvedRecord> records = new ArrayList<>(dossier.getRecordsList());
        swap(telling, records);
        dossier.clearRecords().addAllRecords(records);
      }
      case 1 -> {
        List<ShownEntry> entries = new ArrayList<>(dossier.getEntriesList());
        swap(telling, entries);
        dossier.clearEntries().addAllEntries(entries);
      }
      default -> {
        List<ProvedChain> members = new ArrayList<>(dossier.getMembersList());
        swap(telling, members);
        dossier.clearMembers().addAllMembers(members);
      }
    }
    return telling.frame(dossier);
  }

  private static void swap(Telling telling, List<?> list) {
    int at = telling.random.nextInt(list.size() - 1);
    Collections.swap(list, at, at + 1);
  }
}
