// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.Digest;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;

/**
 * A record's kind and hashes (formats.md A.1): all that its digest needs, and all that chains need.
 * Never erased.
 *
 * @param sectionLeaves {@code u8 class || H(0x11 || section)}, 33 bytes each, in the order sent
 */
public record Skeleton(
    int kind, Hash publicDigest, List<byte[]> sectionLeaves, List<Group> groups) {

  /** {@code u8 class || H}. */
  public static final int SECTION_LEAF_BYTES = 1 + Hash.SIZE;

  /** {@code subject key || H}. */
  public static final int LINE_LEAF_BYTES = 2 * Hash.SIZE;

  public Skeleton {
    sectionLeaves = List.copyOf(sectionLeaves);
    groups = List.copyOf(groups);
  }

  /**
   * The lines of one role.
   *
   * @param lineLeaves {@code subject key || H(0x13 || line)}, 64 bytes each
   */
  public record Group(int role, List<byte[]> lineLeaves) {
    public Group {
      lineLeaves = List.copyOf(lineLeaves);
    }

    byte[] header(HashAlgorithm hash) {
      return groupHeader(role, lineLeaves.size(), Merkle.root(hash, lineLeaves));
    }
  }

  public static Hash publicDigest(HashAlgorithm hash, byte[] publicPart) {
    return hash.begin(0x10).bytes(publicPart).finish();
  }

  public static byte[] sectionLeaf(HashAlgorithm hash, int sectionClass, byte[] section) {
    byte[] leaf = new byte[SECTION_LEAF_BYTES];
    leaf[0] = (byte) sectionClass;
    hash.begin(0x11).bytes(section).finish().copyTo(leaf, 1);
    return leaf;
  }

  public static byte[] lineLeaf(HashAlgorithm hash, Hash subjectKey, byte[] line) {
    byte[] leaf = new byte[LINE_LEAF_BYTES];
    subjectKey.copyTo(leaf, 0);
    hash.begin(0x13).bytes(line).finish().copyTo(leaf, Hash.SIZE);
    return leaf;
  }

  /**
   * {@code u8 role || u32 line count || MTH(line leaves)}: all that a record's digest needs of the
   * lines of one role.
   *
   * @param root MTH over the line leaves
   */
  public static byte[] groupHeader(int role, int count, Hash root) {
    byte[] header = new byte[5 + Hash.SIZE];
    header[0] = (byte) role;
    header[1] = (byte) (count >>> 24);
    header[2] = (byte) (count >>> 16);
    header[3] = (byte) (count >>> 8);
    header[4] = (byte) count;
    root.copyTo(header, 5);
    return header;
  }

  public Hash digest(HashAlgorithm hash) {
    List<byte[]> headers = new ArrayList<>(groups.size());
    for (Group group : groups) {
      headers.add(group.header(hash));
    }
    return digest(hash, kind, publicDigest, sectionLeaves, headers);
  }

  /** The digest of a record of whose lines only the group headers need be known. */
  public static Hash digest(
      HashAlgorithm hash,
      int kind,
      Hash publicDigest,
      List<byte[]> sectionLeaves,
      List<byte[]> groupHeaders) {
    Hash sectionsRoot = Merkle.root(hash, sectionLeaves);
    Hash linesRoot = Merkle.root(hash, groupHeaders);
    Digest digest = hash.begin(0x12);
    return digest
        .u16(kind)
        .hash(publicDigest)
        .u16(sectionLeaves.size())
        .hash(sectionsRoot)
        .u8(groupHeaders.size())
        .hash(linesRoot)
        .finish();
  }
}
