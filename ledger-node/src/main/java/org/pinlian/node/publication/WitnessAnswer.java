// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import org.pinlian.checkpoint.NoteSignature;

/** What became of asking one witness for one checkpoint. */
sealed interface WitnessAnswer {
  /** Characters of a text that is logged. */
  int TEXT_MAX = 200;

  /** In metrics. */
  String label();

  /** What comes from outside is cut, and has no line breaks and no escape sequences. */
  private static String forLog(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= TEXT_MAX ? plain : plain.substring(0, TEXT_MAX) + "...";
  }

  /** It cosigned, and the signature is good and fresh. */
  record Cosigned(NoteSignature line) implements WitnessAnswer {
    @Override
    public String label() {
      return "cosigned";
    }
  }

  /** It says that it has cosigned a larger tree of this log. */
  record Ahead(long size) implements WitnessAnswer {
    @Override
    public String label() {
      return "ahead";
    }
  }

  /** It says that the checkpoint does not extend what it has cosigned. */
  record Conflict(int status) implements WitnessAnswer {
    @Override
    public String label() {
      return "conflict";
    }
  }

  /** It does not know the log, or its key, or could not read the request. */
  record Refused(int status) implements WitnessAnswer {
    @Override
    public String label() {
      return "refused";
    }
  }

  /** It wants to be asked less often, or is not well. */
  record Busy(int status, long retryAfterMillis) implements WitnessAnswer {
    @Override
    public String label() {
      return "busy";
    }
  }

  /** Its answer is not one, or no good cosignature of this checkpoint. */
  record Bad(String why) implements WitnessAnswer {
    public Bad {
      why = forLog(why);
    }

    @Override
    public String label() {
      return "bad";
    }
  }

  /** No answer, none in time, or more bytes than are read. */
  record Failed(String why) implements WitnessAnswer {
    public Failed {
      why = forLog(why);
    }

    @Override
    public String label() {
      return "failed";
    }
  }
}
