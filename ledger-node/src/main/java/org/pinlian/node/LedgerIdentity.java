// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.sequencing.RecoveryException;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.LedgerHash;

/**
 * Which ledger a folder holds: its genesis entry, and the key it signs with, in {@code
 * log-key.pem}.
 *
 * @param genesisLeaf names the ledger in every header signed for it
 */
record LedgerIdentity(Genesis genesis, Hash genesisLeaf, HashAlgorithm hash, NoteSigner signer) {
  private static final String KEY_FILE = "log-key.pem";

  /** There while a ledger is being made, and after a crash on the way. */
  private static final String CREATING_FILE = "creating";

  /** Whether the folder holds a ledger that was made from beginning to end. */
  static boolean isComplete(Path data) {
    return Files.exists(data.resolve(KEY_FILE)) && !Files.exists(data.resolve(CREATING_FILE));
  }

  static void begin(Path data) {
    try {
      Files.writeString(data.resolve(CREATING_FILE), "a ledger is being made here\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void complete(Path data) {
    try {
      Files.delete(data.resolve(CREATING_FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static LedgerIdentity read(Path data, TruthStore truth) {
    byte[] bytes =
        truth
            .entry(0)
            .orElseThrow(() -> new RecoveryException(data + " holds no ledger: no genesis entry"));
    Genesis genesis;
    try {
      Entry entry = Submissions.readEntry(ByteString.copyFrom(bytes));
      if (!entry.hasGenesis()) {
        throw new RecoveryException("entry 0 is not a genesis entry");
      }
      genesis = entry.getGenesis();
    } catch (RecordException e) {
      throw new RecoveryException("the genesis entry is damaged: " + e.getMessage());
    }
    HashAlgorithm hash = hash(genesis.getHash());
    NoteSigner signer = new NoteSigner(genesis.getOrigin(), readKey(data));
    return new LedgerIdentity(genesis, hash.leaf(bytes), hash, signer);
  }

  String vkey() {
    return signer.verifier().vkey();
  }

  static HashAlgorithm hash(LedgerHash hash) {
    return switch (hash) {
      case LEDGER_HASH_SHA_256 -> HashAlgorithm.SHA_256;
      case LEDGER_HASH_SM3 -> HashAlgorithm.SM3;
      case LEDGER_HASH_UNSPECIFIED, UNRECOGNIZED ->
          throw new RecoveryException("the genesis entry names no hash this release knows");
    };
  }

  static LedgerHash hash(HashAlgorithm hash) {
    return switch (hash) {
      case SHA_256 -> LedgerHash.LEDGER_HASH_SHA_256;
      case SM3 -> LedgerHash.LEDGER_HASH_SM3;
    };
  }

  /** The log's key, made if there is none: a creation that crashed goes on with the key it made. */
  static SigningKey makeKey(Path data, SecureRandom random) {
    Path file = data.resolve(KEY_FILE);
    if (Files.exists(file)) {
      return readKey(data);
    }
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, random);
    Path draft = data.resolve(KEY_FILE + ".new");
    try {
      Files.deleteIfExists(draft);
      var onlyOwner =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      try (FileChannel made =
          FileChannel.open(draft, java.util.Set.of(CREATE_NEW, WRITE), onlyOwner)) {
        ByteBuffer pem = ByteBuffer.wrap(key.toPem().getBytes(StandardCharsets.UTF_8));
        while (pem.hasRemaining()) {
          made.write(pem);
        }
        made.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel folder = FileChannel.open(data)) {
        folder.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the log's key in " + file, e);
    }
    return key;
  }

  private static SigningKey readKey(Path data) {
    Path file = data.resolve(KEY_FILE);
    try {
      return SigningKey.ofPem(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException("the log's key cannot be read: " + file, e);
    } catch (KeyFormatException e) {
      throw new RecoveryException("the log's key is damaged: " + file + ": " + e.getMessage());
    }
  }
}
