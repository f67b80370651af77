@NullMarked
package org.pinlian.transport;

import org.jspecify.annotations.NullMarked;
