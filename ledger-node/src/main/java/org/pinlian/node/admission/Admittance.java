// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.admission;

/** What the door says. Repetition and overload are found later, by sequencing. */
public sealed interface Admittance permits Admitted, Refused {}
