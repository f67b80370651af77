// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.trade.CoverageMeasure;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ProductRegister;
import org.pinlian.v1.ProductRegistration;

/**
 * Which products of the registers have a live chain (domain.md A1, row 7). One has if goods of it
 * were made or moved on a day on which it was registered, within the last months. Told first every
 * statement, of which it keeps the registrations, then every subject; both in any order. For one
 * thread.
 */
public final class RegisterCoverage {
  private static final Set<Deed> LIVE =
      EnumSet.of(
          Deed.MAKES,
          Deed.TAKES_IN,
          Deed.IS_PACKED,
          Deed.HANDLES,
          Deed.OFFERS,
          Deed.ACCEPTS,
          Deed.USES,
          Deed.SELLS,
          Deed.DISPATCHES);

  private static final Comparator<Told> NEWEST_LAST =
      Comparator.comparing((Told told) -> told.part().getProductRegistration().getValidFrom())
          .thenComparing(told -> told.part().getProductRegistration().getValidUntil())
          .thenComparing(Told::digest);

  private final Related related;
  private final long asOf;
  private final LocalDate today;
  private final LocalDate since;
  private final Set<ProductRegister> registers;
  private final Map<String, List<Told>> registrations = new TreeMap<>();
  private final Set<String> cut = new HashSet<>();
  private final Map<String, LocalDate> lastOn = new HashMap<>();
  private final Map<String, Set<ProductRegister>> live = new HashMap<>();

  /**
   * @param registers which to look at
   * @param asOf in milliseconds
   */
  public RegisterCoverage(Set<ProductRegister> registers, Related related, long asOf) {
    this.registers = Set.copyOf(registers);
    this.related = related;
    this.asOf = asOf;
    this.today = Times.day(asOf);
    this.since = today.minusMonths(CoverageMeasure.LIVE_MONTHS.value());
  }

  /** Why a product has no live chain. */
  public enum Gap {
    /** Nobody says of any goods of it that they were made or moved. */
    NO_GOODS,
    /** Somebody does, but not of a day that counts. */
    NOT_LATELY,
    /** More is said of its goods than can be looked at, so it may have one. */
    NOT_KNOWN
  }

  /**
   * One product of a register.
   *
   * @param gap empty if its chain is live
   * @param lastOn the last day on which goods of it were made or moved; of products without a live
   *     chain only
   */
  public record Product(
      ProductRegister register,
      String subject,
      String certificateNumber,
      String name,
      String holder,
      String region,
      Optional<Gap> gap,
      Optional<LocalDate> lastOn) {}

  /** Keeps a registration, if it is one that stands. */
  public void register(Told told) {
    if (!told.part().hasProductRegistration() || told.sequencedAt() > asOf) {
      return;
    }
    ProductRegistration one = told.part().getProductRegistration();
    if (!registers.contains(one.getRegister()) || !new Evidence(related, asOf).isStanding(told)) {
      return;
    }
    for (StatementLine line : told.lines()) {
      if (line.role() == LineRole.LINE_ROLE_OBJECT) {
        registrations.computeIfAbsent(line.subject(), _ -> new ArrayList<>()).add(told);
      }
    }
  }

  public boolean isEmpty() {
    return registrations.isEmpty();
  }

  /** Looks at the chain of a subject, if it is of a product whose chain is not known to be live. */
  public void look(String subject) {
    String product = productOf(subject);
    List<Told> registered = registrations.get(product);
    if (registered == null || isLive(product, registered)) {
      return;
    }
    Evidence evidence = new Evidence(related, asOf);
    Chain chain = evidence.chain(subject);
    look(product, registered, chain);
    for (String alias : evidence.aliasesOf(chain)) {
      look(product, registered, evidence.chain(alias));
    }
    if (evidence.isCut()) {
      cut.add(product);
    }
  }

  /** The registered product itself, or the class that the goods name. */
  private String productOf(String subject) {
    if (registrations.containsKey(subject)) {
      return subject;
    }
    try {
      return Subject.parse(subject).classOf().map(Subject::uri).orElse("");
    } catch (IdentifierException e) {
      return "";
    }
  }

  private void look(String product, List<Told> registered, Chain chain) {
    for (Touch touch : chain.touches()) {
      LocalDate day = Times.day(touch.at());
      // What is said to happen later has not happened.
      if (!LIVE.contains(touch.deed()) || day.isAfter(today)) {
        continue;
      }
      lastOn.merge(product, day, (a, b) -> a.isBefore(b) ? b : a);
      if (day.isBefore(since)) {
        continue;
      }
      for (Told one : registered) {
        if (isValid(one, day)) {
          live.computeIfAbsent(product, _ -> EnumSet.noneOf(ProductRegister.class))
              .add(one.part().getProductRegistration().getRegister());
        }
      }
    }
  }

  /** In every register that it is in. */
  private boolean isLive(String product, List<Told> registered) {
    Set<ProductRegister> known = live.getOrDefault(product, Set.of());
    return registered.stream()
        .allMatch(one -> known.contains(one.part().getProductRegistration().getRegister()));
  }

  private static boolean isValid(Told registration, LocalDate day) {
    ProductRegistration one = registration.part().getProductRegistration();
    String text = day.toString();
    return one.getValidFrom().compareTo(text) <= 0
        && (one.getValidUntil().isEmpty() || text.compareTo(one.getValidUntil()) <= 0);
  }

  /** The products of the registers as of the instant, each once in each register. */
  public List<Product> products() {
    List<Product> products = new ArrayList<>();
    registrations.forEach((subject, told) -> {
      for (ProductRegister register : registers) {
        told.stream()
            .filter(one -> one.part().getProductRegistration().getRegister() == register)
            .filter(one -> isValid(one, today))
            .max(NEWEST_LAST)
            .ifPresent(one -> products.add(product(subject, one)));
      }
    });
    products.sort(
        Comparator.comparing(Product::register)
            .thenComparing(Product::certificateNumber)
            .thenComparing(Product::subject));
    return Collections.unmodifiableList(products);
  }

  private Product product(String subject, Told told) {
    ProductRegistration one = told.part().getProductRegistration();
    Optional<LocalDate> last = Optional.ofNullable(lastOn.get(subject));
    Optional<Gap> gap =
        live.getOrDefault(subject, Set.of()).contains(one.getRegister())
            ? Optional.empty()
            : Optional.of(
                cut.contains(subject)
                    ? Gap.NOT_KNOWN
                    : last.isEmpty() ? Gap.NO_GOODS : Gap.NOT_LATELY);
    return new Product(
        one.getRegister(),
        subject,
        one.getCertificateNumber(),
        one.getProductName(),
        one.getHolder(),
        one.getRegion(),
        gap,
        gap.isEmpty() ? Optional.empty() : last);
  }
}
