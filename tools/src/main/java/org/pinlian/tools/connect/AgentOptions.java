// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent is told.
 *
 * @param spool its folder
 * @param listen a loopback address; null: no HTTP
 * @param watch a folder for files; null: none
 * @param token that callers over HTTP must send; null: none
 * @param formats what it reads
 * @param dryRun whether it only asks what the ledger would say, and keeps nothing
 * @param groupInputsMax inputs in one submission; 1: each alone
 * @param groupWait how long the first of them waits for the others
 * @param parcelsMax submissions in the queue
 * @param inputBytesMax of one input
 * @param receiptsEvery how often promised receipts are exchanged
 */
public record AgentOptions(
    Path spool,
    @Nullable InetSocketAddress listen,
    @Nullable Path watch,
    @Nullable String token,
    List<InputFormat> formats,
    boolean dryRun,
    int groupInputsMax,
    Duration groupWait,
    int parcelsMax,
    int inputBytesMax,
    Duration receiptsEvery) {
  public AgentOptions {
    formats = List.copyOf(formats);
  }
}
