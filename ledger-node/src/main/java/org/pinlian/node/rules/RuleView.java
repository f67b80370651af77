// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.RecordPlace;

/**
 * The state that a statement is judged against: everything sequenced before it, the batch being
 * made included. Read by the sequencing thread alone.
 */
public interface RuleView {
  /** The value last written under the key; null if none was, or it was removed. */
  byte @Nullable [] get(RuleKey key);

  /** The record there; empty if the log has none. Never asked for the entry being made. */
  Optional<CitedRecord> record(RecordPlace place);

  /** With every record before the statement's applied. */
  KeyRegistry registry();
}
