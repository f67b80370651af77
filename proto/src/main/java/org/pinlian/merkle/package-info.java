/** RFC 6962 trees and the ledger's hash: what everything else is checked with. */
@NullMarked
package org.pinlian.merkle;

import org.jspecify.annotations.NullMarked;
