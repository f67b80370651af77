// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

/** One rule: looks at what was stated of a subject, and says what it notices. Has no state. */
interface Rule {
  void look(Inquiry inquiry);
}
