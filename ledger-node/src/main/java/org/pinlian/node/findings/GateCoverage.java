// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.CertificateCheck;

/**
 * What certificate checks say, checker by checker (domain.md A1, row 2). Told every statement, in
 * any order. For one thread.
 */
public final class GateCoverage {
  private final Related related;
  private final long asOf;
  private final String from;
  private final String until;
  private final Map<String, Gate> gates = new TreeMap<>();
  private final Set<Stated> counted = new HashSet<>();

  private record Stated(Hash digest, String signer) {}

  /**
   * @param from the first day that counts, as 2026-01-01; empty for all
   * @param until the last day that counts; empty for all
   */
  public GateCoverage(String from, String until, Related related, long asOf) {
    this.from = from;
    this.until = until;
    this.related = related;
    this.asOf = asOf;
  }

  /** What one participant's checks say. Changes while statements are told. */
  public static final class Gate {
    private final String participant;
    private long accepted;
    private long absentTested;
    private long refused;
    private long collected;

    private Gate(String participant) {
      this.participant = participant;
    }

    public String participant() {
      return participant;
    }

    /** Let in at the gate with the certificate. */
    public long accepted() {
      return accepted;
    }

    /** Let in without one, after a quick test. */
    public long absentTested() {
      return absentTested;
    }

    public long refused() {
      return refused;
    }

    /** Certificates that a buyer took and keeps: no gate, and in no rate. */
    public long collected() {
      return collected;
    }

    /** What came to the gate. */
    public long came() {
      return accepted + absentTested + refused;
    }
  }

  /** Counts a check, if it is one that stands. The same record sent twice is one. */
  public void take(Told told) {
    if (!told.part().hasCertificateCheck() || told.sequencedAt() > asOf) {
      return;
    }
    CertificateCheck check = told.part().getCertificateCheck();
    String day = check.getCheckedOn();
    if (day.compareTo(from) < 0
        || (!until.isEmpty() && day.compareTo(until) > 0)
        || !counted.add(new Stated(told.digest(), told.signer()))
        || !new Evidence(related, asOf).isStanding(told)) {
      return;
    }
    Gate gate = gates.computeIfAbsent(told.signer(), Gate::new);
    switch (check.getResult()) {
      case GATE_RESULT_ACCEPTED -> gate.accepted++;
      case GATE_RESULT_ABSENT_TESTED -> gate.absentTested++;
      case GATE_RESULT_REFUSED -> gate.refused++;
      case GATE_RESULT_COLLECTED -> gate.collected++;
      case GATE_RESULT_UNSPECIFIED, UNRECOGNIZED -> {}
    }
  }

  /** By participant. */
  public Collection<Gate> gates() {
    return Collections.unmodifiableCollection(gates.values());
  }
}
