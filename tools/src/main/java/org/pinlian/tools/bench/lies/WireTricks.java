// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.tools.bench.lies.World.Goods;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.ProvedChain;
import org.pinlian.v1.ProvedGroup;
import org.pinlian.v1.ProvedLine;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.ShownEntry;

/** Changes of an honest dossier by somebody who has no key. */
final class WireTricks {
  private WireTricks() {}

  // Rule 1 ----------------------------------------------------------------------------------------

  /** Good once: from before a recall. */
  static Frame checkpointStale(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    telling.ledger.advance(Telling.GREATEST_AGE.plusMinutes(1 + telling.random.nextInt(999)));
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

  private static ProvedChain.Builder linked(Telling telling, Dossier.Builder dossier) {
    List<ProvedChain.Builder> linked =
        dossier.getMembersBuilderList().stream()
            .filter(member -> member.getLinksCount() > 0)
            .toList();
    return telling.one(linked);
  }

  static Frame linkDropped(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    ProvedChain.Builder member = linked(telling, dossier);
    if (member.getNoticesCount() > 0 && telling.random.nextBoolean()) {
      member.removeNotices(telling.random.nextInt(member.getNoticesCount()));
    } else {
      member.removeLinks(telling.random.nextInt(member.getLinksCount()));
      if (member.getLinksCount() == 0) {
        member.setFirst(0).clearBefore();
      }
    }
    return telling.frame(dossier);
  }

  static Frame linksRenumbered(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    ProvedChain.Builder member = linked(telling, dossier);
    long first = member.getFirst();
    if (first == 1) {
      byte[] before = new byte[32];
      telling.random.nextBytes(before);
      member.setFirst(2 + telling.random.nextInt(5)).setBefore(ByteString.copyFrom(before));
    } else {
      member.setFirst(first == 2 ? 1 : first - 1);
    }
    return telling.frame(dossier);
  }

  static Frame productsSwapped(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    Goods other =
        telling.one(
            telling.world.goods.stream().filter(goods -> !goods.equals(telling.goods)).toList());
    telling.asked = other.lot();
    if (telling.random.nextBoolean()) {
      dossier.setAsked(telling.asked.uri());
    }
    return telling.frame(dossier);
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
        ProvedChain.Builder member = linked(telling, dossier);
        member.getLinksBuilder(member.getLinksCount() - 1).setIndex(beyond);
      }
    }
    return telling.frame(dossier);
  }

  static Frame pathLength(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    ByteString hash = ByteString.copyFrom(new byte[32]);
    boolean longer = telling.random.nextBoolean();
    switch (telling.random.nextInt(3)) {
      case 0 -> {
        ShownEntry.Builder block = dossier.getBlockBuilder();
        resize(block, longer, hash);
      }
      case 1 -> {
        ShownEntry.Builder genesis = dossier.getGenesisBuilder();
        resize(genesis, longer, hash);
      }
      default -> {
        if (dossier.getEntriesCount() > 0) {
          for (ProvedRecord.Builder record : dossier.getRecordsBuilderList()) {
            if (record.getSignerShown()) {
              record.addRecordsPath(hash);
              break;
            }
          }
        } else {
          resize(dossier.getBlockBuilder(), longer, hash);
        }
      }
    }
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

  /** Some lines fewer or more than there are. */
  static Frame lineCountWrong(Telling telling) {
    Dossier.Builder dossier = telling.assemble();
    List<ProvedGroup.Builder> groups = new ArrayList<>();
    for (ProvedRecord.Builder record : dossier.getRecordsBuilderList()) {
      groups.addAll(record.getGroupsBuilderList());
    }
    ProvedGroup.Builder group = telling.one(groups);
    group.setCount(group.getCount() + 1 + telling.random.nextInt(3));
    if (group.getRoot().isEmpty()) {
      // To hold out longer: a root, and a path for every line.
      group.setRoot(ByteString.copyFrom(new byte[32]));
      for (ProvedLine.Builder line : group.getLinesBuilderList()) {
        line.addPath(ByteString.copyFrom(new byte[32]));
      }
    }
    return telling.frame(dossier);
  }

  // One story has one dossier ---------------------------------------------------------------------

  /** Cut off, something behind, or a field that nobody knows. */
  static Frame bytesChanged(Telling telling) {
    byte[] dossier = telling.assemble().build().toByteArray();
    int kind = telling.random.nextInt(4);
    if (kind == 0) {
      return telling.frame(
          Arrays.copyOf(dossier, dossier.length - 1 - telling.random.nextInt(dossier.length - 1)));
    }
    byte[] more =
        switch (kind) {
          // A field that nobody knows; the format again; a limit spelled out at length.
          case 1 -> new byte[] {(byte) 0xf8, 7, 1};
          case 2 -> new byte[] {8, 1};
          default -> new byte[] {104, (byte) 0x88, 0};
        };
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
