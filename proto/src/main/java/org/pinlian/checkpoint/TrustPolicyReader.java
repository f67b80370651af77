// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.checkpoint.TrustPolicy.Group;
import org.pinlian.checkpoint.TrustPolicy.Log;
import org.pinlian.checkpoint.TrustPolicy.Witness;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/** Reads one policy file, line by line: what a line refers to stands on a line before it. */
final class TrustPolicyReader {
  private static final String OURS = "#pinlian";

  private @Nullable Hash genesis;
  private @Nullable HashAlgorithm algorithm;
  private final List<Log> logs = new ArrayList<>();
  private final List<Witness> witnesses = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private @Nullable String quorum;

  private final Set<String> names = new HashSet<>();
  private final Set<String> grouped = new HashSet<>();
  private final Set<ByteString> logKeys = new HashSet<>();
  private final Set<ByteString> witnessKeys = new HashSet<>();
  private final Set<String> keyNamesAndIds = new HashSet<>();

  TrustPolicy read(String text) throws NoteException {
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      try {
        readLine(i + 1, lines[i]);
      } catch (NoteException e) {
        throw e.atLine(i + 1);
      }
    }
    if (genesis != null && algorithm == null) {
      throw NoteException.malformed("\"#pinlian hash\" on line 2", "none");
    }
    if (quorum == null) {
      throw NoteException.malformed("a quorum line", "none");
    }
    return new TrustPolicy(genesis, algorithm, logs, witnesses, groups, quorum);
  }

  private void readLine(int number, String line) throws NoteException {
    if (line.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7f)) {
      throw NoteException.malformed("no control characters", line);
    }
    // Only ASCII space and tab part words; other spaces are parts of names.
    List<String> words =
        Arrays.stream(line.split("[ \t]+")).filter(word -> !word.isEmpty()).toList();
    if (words.isEmpty()) {
      return;
    }
    String keyword = words.get(0);
    List<String> arguments = words.subList(1, words.size());
    if (keyword.startsWith("#")) {
      if (keyword.equals(OURS)) {
        readOurs(number, arguments);
      }
      return;
    }
    switch (keyword) {
      case "log" -> readLog(arguments);
      case "witness" -> readWitness(arguments);
      case "group" -> readGroup(arguments);
      case "quorum" -> readQuorum(arguments);
      default -> throw NoteException.malformed("log, witness, group, quorum or #", keyword);
    }
  }

  private void readOurs(int number, List<String> arguments) throws NoteException {
    if (number == 1 && arguments.size() == 2 && arguments.get(0).equals("genesis")) {
      genesis = hex(arguments.get(1));
    } else if (number == 2
        && genesis != null
        && arguments.size() == 2
        && arguments.get(0).equals("hash")) {
      algorithm = algorithm(arguments.get(1));
    } else {
      throw NoteException.malformed(
          "\"#pinlian genesis <hex>\" on line 1, \"#pinlian hash <name>\" on line 2, and no other",
          OURS + " " + String.join(" ", arguments));
    }
  }

  private static Hash hex(String hex) throws NoteException {
    try {
      Hash hash = Hash.ofHex(hex);
      if (hash.hex().equals(hex)) {
        return hash;
      }
    } catch (IllegalArgumentException notHex) {
      // Falls through to the one refusal.
    }
    throw NoteException.malformed("64 lowercase hexadecimal digits", hex);
  }

  private static HashAlgorithm algorithm(String label) throws NoteException {
    try {
      return HashAlgorithm.ofLabel(label);
    } catch (IllegalArgumentException e) {
      NoteException refused = NoteException.malformed("sha-256 or sm3", label);
      refused.initCause(e);
      throw refused;
    }
  }

  private void readLog(List<String> arguments) throws NoteException {
    requireWords("log <vkey> [<url>]", arguments, 1, 2);
    NoteVerifier verifier = verifier(false, arguments.get(0));
    if (!logKeys.add(verifier.key())) {
      throw NoteException.malformed("each log key once", verifier.vkey());
    }
    requireRoom(logs.size());
    logs.add(new Log(verifier, arguments.size() > 1 ? arguments.get(1) : null));
  }

  private void readWitness(List<String> arguments) throws NoteException {
    requireWords("witness <name> <vkey> [<url>]", arguments, 2, 3);
    String name = define(arguments.get(0));
    NoteVerifier verifier = verifier(true, arguments.get(1));
    // Even under another name: one holder must not count twice.
    if (!witnessKeys.add(verifier.key())) {
      throw NoteException.malformed("each witness key once", verifier.vkey());
    }
    requireRoom(witnesses.size());
    witnesses.add(new Witness(name, verifier, arguments.size() > 2 ? arguments.get(2) : null));
  }

  private NoteVerifier verifier(boolean cosigns, String vkey) throws NoteException {
    NoteVerifier verifier = NoteVerifier.parse(vkey);
    if (verifier.type().cosigns() != cosigns) {
      throw NoteException.malformed(
          cosigns ? "a cosigner's key, of type 0x04 or 0x06" : "a log's key, of type 0x01", vkey);
    }
    if (!keyNamesAndIds.add(verifier.name() + "+" + verifier.keyId())) {
      throw new NoteException(Reason.AMBIGUOUS_KEY, "one key of that name and id", vkey);
    }
    return verifier;
  }

  private void readGroup(List<String> arguments) throws NoteException {
    requireWords(
        "group <name> all|any|<k> <member>...", arguments, 3, 2 + 2 * TrustPolicy.MAX_DEFINITIONS);
    List<String> members = arguments.subList(2, arguments.size());
    for (String member : members) {
      requireDefined(member);
      // So a witness counts towards the quorum in one way only.
      if (!grouped.add(member)) {
        throw NoteException.malformed("each name in one group, once", member);
      }
    }
    int threshold = threshold(arguments.get(1), members.size());
    requireRoom(groups.size());
    groups.add(new Group(define(arguments.get(0)), threshold, members));
  }

  private static int threshold(String word, int members) throws NoteException {
    if (word.equals("all")) {
      return members;
    }
    if (word.equals("any")) {
      return 1;
    }
    long threshold = Syntax.decimal(word);
    if (threshold < 1 || threshold > members) {
      throw NoteException.malformed("a threshold from 1 to " + members, word);
    }
    return (int) threshold;
  }

  private void readQuorum(List<String> arguments) throws NoteException {
    requireWords("quorum <name>", arguments, 1, 1);
    if (quorum != null) {
      throw NoteException.malformed("one quorum line", "a second one");
    }
    String name = arguments.get(0);
    if (!name.equals(TrustPolicy.NONE)) {
      requireDefined(name);
    }
    quorum = name;
  }

  private String define(String name) throws NoteException {
    if (name.equals(TrustPolicy.NONE) || !names.add(name)) {
      throw NoteException.malformed("a name that is not yet taken", name);
    }
    return name;
  }

  private void requireDefined(String name) throws NoteException {
    if (!names.contains(name)) {
      throw NoteException.malformed("a name defined on a line before", name);
    }
  }

  private static void requireWords(String form, List<String> arguments, int min, int max)
      throws NoteException {
    if (arguments.size() < min || arguments.size() > max) {
      throw NoteException.malformed(form, String.join(" ", arguments));
    }
  }

  private static void requireRoom(int defined) throws NoteException {
    if (defined == TrustPolicy.MAX_DEFINITIONS) {
      throw new NoteException(
          Reason.TOO_LARGE, "at most " + TrustPolicy.MAX_DEFINITIONS + " of a kind", "more");
    }
  }
}
