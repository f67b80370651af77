// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.UnreachableException;
import org.pinlian.tools.auditor.AlarmException;
import org.pinlian.tools.auditor.AlarmFile;
import org.pinlian.tools.auditor.Audited;
import org.pinlian.tools.auditor.Auditor;
import org.pinlian.tools.witness.NoteKey;
import org.pinlian.tools.witness.Witness;
import org.pinlian.tools.witness.WitnessServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's own auditor, in the same process: it does all that an auditor does and, standing on
 * the same machine, vouches for nothing more than the ledger itself does.
 */
final class DemoAuditor implements AutoCloseable {
  static final String NAME = "same-machine-auditor";
  private static final Logger log = LoggerFactory.getLogger(DemoAuditor.class);
  private static final String KEY_NAME = "auditor.demo.pinlian.example/same-machine";
  private static final long STOP_MILLIS_MAX = TimeUnit.SECONDS.toMillis(5);

  private final Path state;
  private final Witness cosigner;
  private final WitnessServer server;
  private final Audited audited;
  private @Nullable Auditor auditor;
  private @Nullable Thread auditing;

  private DemoAuditor(Path state, Witness cosigner, WitnessServer server, Audited audited) {
    this.state = state;
    this.cosigner = cosigner;
    this.server = server;
    this.audited = audited;
  }

  /**
   * Makes its key.
   *
   * @return the vkey
   */
  static String prepare(DemoFolder folder) throws IOException {
    NoteKey key = NoteKey.make(KEY_NAME, new SecureRandom());
    KeyFiles.writeSecretLine(folder.auditorKey(), key.line() + "\n");
    return key.signer().verifier().vkey();
  }

  /** Listens when this returns; null in a folder of a demo that had none yet. */
  static @Nullable DemoAuditor start(DemoFolder folder) throws IOException {
    if (!Files.exists(folder.auditorKey())) {
      return null;
    }
    NoteKey key = KeyFiles.readNoteKey(folder.auditorKey());
    Audited audited = new Audited();
    Witness cosigner =
        Witness.open(
            key.signer(),
            folder.auditorState(),
            WitnessCommand.logs(Policies.read(folder.policy())),
            InstantSource.system(),
            audited);
    try {
      WitnessServer server =
          new WitnessServer(cosigner, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return new DemoAuditor(folder.auditorState(), cosigner, server, audited);
    } catch (IOException | RuntimeException e) {
      cosigner.close();
      throw e;
    }
  }

  /** The same policy, with where this auditor is asked. */
  TrustPolicy named(TrustPolicy policy) {
    return Policies.withUrl(
        policy, cosigner.verifier().vkey(), "http://127.0.0.1:" + server.port());
  }

  /**
   * Begins to audit.
   *
   * @param session of somebody who may read the log; stays its owner's to close, after this
   */
  void follow(GatewaySession session, TrustPolicy policy) {
    Auditor made =
        new Auditor(
            policy,
            new GatewayFeed(session),
            cosigner.last(Policies.origin(policy)).orElse(null),
            audited,
            new Quiet());
    auditor = made;
    auditing = Thread.ofPlatform().name("demo-auditor").daemon().start(() -> run(made, policy));
  }

  private void run(Auditor made, TrustPolicy policy) {
    try {
      made.run(false);
    } catch (AlarmException e) {
      log.error("The demo's auditor raises an alarm", e);
      try {
        AlarmFile.write(state, AlarmFile.json(Policies.origin(policy), e), Instant.now());
      } catch (IOException unwritten) {
        log.error("The alarm could not be written", unwritten);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.error("The demo's auditor ended", e);
    }
  }

  /** What was wrong; null if nothing was. */
  @Nullable AlarmException alarm() {
    return audited.alarm();
  }

  Path state() {
    return state;
  }

  @Override
  public void close() throws IOException {
    if (auditor != null) {
      auditor.close();
    }
    if (auditing != null) {
      auditing.interrupt();
      try {
        auditing.join(STOP_MILLIS_MAX);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.close();
    cosigner.close();
  }

  private static final class Quiet implements Auditor.Listener {
    @Override
    public void audited(long size) {}

    @Override
    public void caughtUp(Auditor.Standing standing) {}

    @Override
    public void interrupted(UnreachableException why) {
      log.info("The ledger does not answer its auditor: {}", why.getMessage());
    }
  }
}
