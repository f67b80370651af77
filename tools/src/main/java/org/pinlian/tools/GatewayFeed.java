// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import org.pinlian.client.LogFollower;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.tools.auditor.Auditor;
import org.pinlian.v1.FollowReply;

/** A ledger's log through its gateway, for an auditor. */
record GatewayFeed(GatewaySession session) implements Auditor.Source {
  @Override
  public Auditor.Feed open(long from)
      throws RefusedException, UnreachableException, VerificationException {
    LogFollower follower = session.follow(from);
    return new Auditor.Feed() {
      @Override
      public FollowReply next() throws RefusedException, UnreachableException {
        return follower.next();
      }

      @Override
      public void close() {
        follower.close();
      }
    };
  }
}
