// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian enrol}: an authority lets somebody in. */
@Command(
    name = "enrol",
    description = {
      "Enrol a participant, or replace its name, roles, region and validity; keys are added.",
      "Signed by an authority. An authority so enrolled needs a second one's approval.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian enrol --key authority.pem --as uscc:11000000MA000004XW \\",
      "    --participant uscc:93000000MA00000669 --name 示例笋农专业合作社 --role producer \\",
      "    --region 000000 --public-key cooperative.pem.pub",
    })
final class EnrolCommand extends ToolCommand {
  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--key",
      paramLabel = "FILE",
      required = true,
      description = "The authority's secret key (PEM).")
  private Path key;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--as",
      paramLabel = "AUTHORITY",
      required = true,
      description = "The authority, as uscc:...")
  private String authority;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--participant",
      paramLabel = "PARTICIPANT",
      required = true,
      description = "Who is enrolled: uscc:..., gln:..., farmer:... or device:...")
  private String participant;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "As registered. Left out for a natural person: it could not be erased.")
  private String name = "";

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--role",
      paramLabel = "ROLE",
      required = true,
      split = ",",
      description =
          "One or more of producer, collector, processor, carrier, market, shop, canteen, pharmacy,"
              + " hospital, licence-holder, laboratory, authority, device, gateway, auditor.")
  private List<String> roles;

  @Option(names = "--region", paramLabel = "DIGITS", description = "Six digits of GB/T 2260.")
  private String region = "";

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      description = "Of an authority: district, city or province.")
  private @Nullable String level;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      required = true,
      description = "Its public key (PEM), as `keygen` writes to FILE.pub. May be repeated.")
  private List<Path> publicKeys;

  @Option(
      names = "--valid-until",
      paramLabel = "DATE",
      description = "Last day, as 2027-12-31 (default: until revoked).")
  private @Nullable String validUntil;

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      defaultValue = Address.DEFAULT,
      description = "The gateway (default: ${DEFAULT-VALUE}).")
  private String gateway = Address.DEFAULT;

  @Option(names = "--policy", paramLabel = "FILE", description = "Whom to trust.")
  private @Nullable Path policy;

  @Mixin private final TlsOptions tls = new TlsOptions();

  @Override
  Exit run(Console console) throws Exception {
    ParticipantId enrolled = ParticipantId.parse(participant);
    Enrolment.Builder enrolment =
        Enrolment.newBuilder()
            .setParticipant(enrolled.toString())
            .setName(name)
            .setRegion(region)
            .setValidUntil(validUntil == null ? 0 : Words.endOfDay("--valid-until", validUntil));
    roles.forEach(role -> enrolment.addRoles(Words.choice(Role.class, "--role", role)));
    if (level != null) {
      enrolment.setLevel(Words.choice(AuthorityLevel.class, "--level", level));
    }
    List<String> keyIds = new ArrayList<>();
    for (Path file : publicKeys) {
      VerifyingKey publicKey = KeyFiles.readPublic(file);
      enrolment.addKeys(EnrolledKey.newBuilder().setSpki(ByteString.copyFrom(publicKey.spki())));
      keyIds.add(publicKey.keyId().hex());
    }
    Draft draft =
        Draft.of(PublicPart.newBuilder().setEnrolment(enrolment))
            .line(LineRole.LINE_ROLE_KEYS, Subject.keys(enrolled));
    Address address = Address.parse(gateway);
    ParticipantId who = ParticipantId.parse(authority);
    SigningKey secret = KeyFiles.readSecret(key);
    TrustPolicy trusted = policy == null ? null : Policies.read(policy);
    try (GatewaySession session =
        GatewaySession.open(tls.channel(address), address, who, secret, trusted, console)) {
      GatewaySession.Submitted submitted = session.submit(List.of(draft));
      ObjectNode json = Receipts.json(submitted.receipt());
      json.put("participant", enrolled.toString());
      ArrayNode ids = json.putArray("keyIds");
      keyIds.forEach(ids::add);
      console.result(json);
      console.say(console.paint().good("✓ 已登记 enrolled") + " " + enrolled + " " + name);
      Receipts.lines(submitted.receipt()).forEach(console::say);
      return Exit.GOOD;
    }
  }
}
