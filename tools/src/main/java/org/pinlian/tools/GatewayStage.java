// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.record.Draft;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Stage;

/** Plays through the gateway: each actor with its own key, its own login, its own connection. */
final class GatewayStage implements Stage, AutoCloseable {
  private final Address address;
  private final TrustPolicy policy;
  private final DemoFolder folder;
  private final Console console;
  private final Map<Actor, SigningKey> keys;
  private final Map<Actor, GatewaySession> sessions = new EnumMap<>(Actor.class);

  GatewayStage(
      Address address,
      TrustPolicy policy,
      DemoFolder folder,
      Map<Actor, SigningKey> keys,
      Console console) {
    this.address = address;
    this.policy = policy;
    this.folder = folder;
    this.keys = new EnumMap<>(keys);
    this.console = console;
  }

  GatewaySession session(Actor actor)
      throws RefusedException, UnreachableException, VerificationException {
    GatewaySession session = sessions.get(actor);
    if (session == null) {
      session = GatewaySession.open(address, actor.id(), keyPair(actor), policy, console);
      sessions.put(actor, session);
    }
    return session;
  }

  @Override
  public Filed file(Actor actor, String what, List<Draft> drafts) {
    try {
      GatewaySession.Submitted submitted = session(actor).submit(drafts);
      ReceiptFile.write(folder.receipt(submitted.receipt().index()), submitted.receipt().receipt());
      console.say(
          "  "
              + console.paint().good("✓")
              + " ["
              + submitted.receipt().index()
              + "] "
              + actor.displayName()
              + ": "
              + what);
      return new Filed(submitted.receipt().index(), submitted.digests());
    } catch (RefusedException | UnreachableException | VerificationException | NoteException e) {
      throw new IllegalStateException("the scene \"" + what + "\" could not be played", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] keep(String name, String text) {
    Path file = folder.file(name);
    try {
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, text);
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public VerifyingKey keyOf(Actor actor) {
    return keyPair(actor).verifyingKey();
  }

  private SigningKey keyPair(Actor actor) {
    SigningKey key = keys.get(actor);
    if (key == null) {
      throw new IllegalStateException("no key of " + actor);
    }
    return key;
  }

  @Override
  public void close() {
    sessions.values().forEach(GatewaySession::close);
  }
}
