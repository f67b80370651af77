// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.provenance.FeedPace;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.v1.BackupPlace;

/**
 * How a node runs.
 *
 * @param data the folder that holds everything
 * @param address where the node can be reached, told to whoever finds the folder locked
 * @param blockInterval shortest time between two blocks
 * @param shutdownGrace how long calls in flight may take to end at shutdown
 * @param port where gateways in other processes reach it; null for none, so that only this process
 *     does
 * @param publication how it publishes, and who cosigns
 * @param backups places that copies of the section keys are kept in, told to whoever has something
 *     erased: the node makes no backups itself, and cannot know
 * @param feed how much keeping findings up to date may take
 */
public record NodeConfig(
    Path data,
    String address,
    StorageConfig storage,
    Duration blockInterval,
    Duration shutdownGrace,
    Clock clock,
    @Nullable NodePort port,
    PublicationConfig publication,
    List<BackupPlace> backups,
    FeedPace feed) {

  public NodeConfig {
    backups = List.copyOf(backups);
  }

  /** Reached from within the process alone. */
  public NodeConfig(
      Path data,
      String address,
      StorageConfig storage,
      Duration blockInterval,
      Duration shutdownGrace,
      Clock clock) {
    this(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        null,
        PublicationConfig.defaults(),
        List.of(),
        FeedPace.defaults());
  }

  public static NodeConfig defaults(Path data) {
    return new NodeConfig(
        data,
        "127.0.0.1:9090",
        StorageConfig.defaults(),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Clock.systemUTC());
  }

  public NodeConfig withAddress(String address) {
    return new NodeConfig(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        port,
        publication,
        backups,
        feed);
  }

  public NodeConfig withBlockInterval(Duration blockInterval) {
    return new NodeConfig(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        port,
        publication,
        backups,
        feed);
  }

  public NodeConfig withShutdownGrace(Duration shutdownGrace) {
    return new NodeConfig(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        port,
        publication,
        backups,
        feed);
  }

  public NodeConfig withClock(Clock clock) {
    return new NodeConfig(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        port,
        publication,
        backups,
        feed);
  }

  public NodeConfig withPort(NodePort port) {
    return new NodeConfig(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        port,
        publication,
        backups,
        feed);
  }

  public NodeConfig withPublication(PublicationConfig publication) {
    return new NodeConfig(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        port,
        publication,
        backups,
        feed);
  }

  public NodeConfig withBackups(List<BackupPlace> backups) {
    return new NodeConfig(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        port,
        publication,
        backups,
        feed);
  }

  public NodeConfig withFeed(FeedPace feed) {
    return new NodeConfig(
        data,
        address,
        storage,
        blockInterval,
        shutdownGrace,
        clock,
        port,
        publication,
        backups,
        feed);
  }
}
