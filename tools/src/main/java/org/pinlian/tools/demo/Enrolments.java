// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;

/** Before the stories: the district enrols who handles food, the city who handles drugs. */
public final class Enrolments {
  private Enrolments() {}

  public static void play(Stage stage) {
    enrol(
        stage,
        Actor.DISTRICT,
        "登记食品主体 enrols the food participants",
        List.of(
            Actor.COOPERATIVE,
            Actor.COLLECTOR,
            Actor.CANTEEN,
            Actor.BALL_MAKER,
            Actor.SHOP,
            Actor.FORMULA_MAKER,
            Actor.BABY_SHOP));
    enrol(
        stage,
        Actor.CITY,
        "登记药品主体 enrols the drug participants",
        List.of(
            Actor.LICENCE_HOLDER,
            Actor.CARRIER,
            Actor.LOGGER,
            Actor.CLINIC,
            Actor.DRUG_MAKER,
            Actor.WHOLESALER,
            Actor.HOSPITAL));
  }

  private static void enrol(Stage stage, Actor authority, String what, List<Actor> actors) {
    List<Draft> drafts = new ArrayList<>();
    for (Actor actor : actors) {
      drafts.add(
          Draft.of(
                  PublicPart.newBuilder()
                      .setEnrolment(
                          Enrolment.newBuilder()
                              .setParticipant(actor.id().toString())
                              .setName(actor.displayName())
                              .addRoles(actor.role())
                              .setRegion(Actor.REGION)
                              .addKeys(
                                  EnrolledKey.newBuilder()
                                      .setSpki(ByteString.copyFrom(stage.keyOf(actor).spki())))))
              .line(LineRole.LINE_ROLE_KEYS, Subject.keys(actor.id())));
    }
    stage.file(authority, what, drafts);
  }
}
