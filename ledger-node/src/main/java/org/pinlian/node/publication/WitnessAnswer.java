// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import org.pinlian.checkpoint.NoteSignature;

/** What became of asking one witness for one checkpoint. */
sealed interface WitnessAnswer {
  /** In metrics. */
  String label();

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
    @Override
    public String label() {
      return "bad";
    }
  }

  /** No answer, none in time, or more bytes than are read. */
  record Failed(String why) implements WitnessAnswer {
    @Override
    public String label() {
      return "failed";
    }
  }
}
