// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.node.heads.HeadsException;
import org.pinlian.node.publication.PublicationException;
import org.pinlian.node.sequencing.RecoveryException;
import org.pinlian.node.storage.FolderInUseException;
import org.pinlian.node.storage.FormatVersionException;
import org.pinlian.node.storage.StorageException;
import org.pinlian.record.RecordException;
import org.pinlian.record.RefusalTable;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.tools.config.ConfigException;
import org.pinlian.tools.connect.FolderTakenException;
import org.pinlian.tools.connect.SpoolException;
import org.pinlian.tools.evidence.EvidenceException;
import org.pinlian.v1.RefusalCode;
import picocli.CommandLine;

/**
 * The one place that says what a failure means: an exit code, a sentence, and what to do. What is
 * expected gets no stack trace; what is not is a fault of this program and gets one.
 */
final class Faults {
  private static final int CAUSES_MAX = 16;

  /**
   * @param details one line each, as the fields that the ledger found wrong
   */
  private record Fault(Exit exit, String code, String sentence, String hint, List<String> details) {
    Fault(Exit exit, String code, String sentence, String hint) {
      this(exit, code, sentence, hint, List.of());
    }
  }

  private Faults() {}

  static int onExecution(Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
    boolean json = parsed.expandedArgs().contains(ToolCommand.JSON_OPTION);
    Fault fault = fault(exception);
    tell(fault, command, json);
    if (fault.exit == Exit.FAULT) {
      exception.printStackTrace(command.getErr());
    }
    return fault.exit.code();
  }

  static int onUsage(CommandLine.ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    tell(
        new Fault(
            Exit.USAGE,
            "USAGE",
            String.valueOf(exception.getMessage()),
            "`" + name + " --help` tells what it takes."),
        command,
        Arrays.asList(arguments).contains(ToolCommand.JSON_OPTION));
    CommandLine.UnmatchedArgumentException.printSuggestions(exception, command.getErr());
    return Exit.USAGE.code();
  }

  private static void tell(Fault fault, CommandLine command, boolean json) {
    PrintWriter err = command.getErr();
    boolean colours = CommandLine.Help.Ansi.AUTO.enabled();
    err.println(new Paint(colours).bad("pinlian: ") + Paint.clean(fault.sentence));
    fault.details.forEach(detail -> err.println("  " + Paint.clean(detail)));
    if (!fault.hint.isEmpty()) {
      err.println("  " + fault.hint);
    }
    err.flush();
    if (json) {
      ObjectNode error = Console.JSON.createObjectNode();
      error.put("exit", fault.exit.code());
      error.put("code", fault.code);
      error.put("message", fault.sentence);
      ArrayNode details = error.putArray("details");
      fault.details.forEach(details::add);
      error.put("hint", fault.hint);
      ObjectNode object = Console.JSON.createObjectNode();
      object.set("error", error);
      command.getOut().println(Console.compact(object));
      command.getOut().flush();
    }
  }

  /** The first of the exception and its causes that is known here. */
  private static Fault fault(Throwable exception) {
    @Nullable Throwable cause = exception;
    for (int i = 0; cause != null && i < CAUSES_MAX; i++, cause = cause.getCause()) {
      Fault known = known(cause);
      if (known != null) {
        return known;
      }
    }
    return new Fault(
        Exit.FAULT, "FAULT", "a fault of this program: " + exception, "Please report it.");
  }

  private static @Nullable Fault known(Throwable cause) {
    return switch (cause) {
      case CommandException e -> new Fault(e.exit(), e.code(), e.sentence(), e.hint());
      case StatusRuntimeException e -> status(e, e.getStatus());
      case StatusException e -> status(e, e.getStatus());
      case VerificationException e ->
          new Fault(
              Exit.CHECK_FAILED,
              e.rule().name(),
              "not verified, rule "
                  + e.rule()
                  + ": expected "
                  + e.expected()
                  + ", found "
                  + e.found(),
              "Believe nothing of it. Keep what was received, and ask who runs the ledger.");
      case EvidenceException e ->
          new Fault(
              Exit.CHECK_FAILED,
              "EVIDENCE",
              "not verified: " + sentence(e),
              "Believe nothing of it. Keep what was received, and ask who made it.");
      case RefusedException e ->
          new Fault(
              // The ledger cannot serve it for what is wrong with its own bytes.
              e.code() == RefusalCode.STORED_DATA_DAMAGED ? Exit.CHECK_FAILED : Exit.REFUSED,
              e.code().name(),
              "refused: " + withoutDetails(e),
              hint(e.code().name()),
              e.violations().stream().map(v -> v.path() + ": " + v.description()).toList());
      case UnreachableException e ->
          new Fault(
              Exit.UNREACHABLE,
              "UNREACHABLE",
              sentence(e),
              "Is it running? `pinlian up` starts a node and its gateway.");
      case FolderInUseException e ->
          new Fault(
              Exit.UNREACHABLE,
              "FOLDER_IN_USE",
              sentence(e),
              e.address().isEmpty()
                  ? "It is starting or stopping. Try again, or stop it."
                  : "Ask that node, with --gateway " + e.address() + ", or stop it.");
      case RecoveryException e ->
          new Fault(
              Exit.CHECK_FAILED,
              "RECOVERY",
              sentence(e),
              "`pinlian audit --data DIR` names what differs. Restore a backup into a new origin.");
      case HeadsException e ->
          new Fault(
              Exit.CHECK_FAILED,
              "HEADS",
              sentence(e),
              "It names what differs. Where only derived/ was changed, `pinlian rebuild --data DIR`"
                  + " makes it again from the log.");
      case FormatVersionException e ->
          new Fault(
              Exit.CHECK_FAILED,
              "FORMAT",
              sentence(e),
              e.isOfDerived()
                  ? "It was written by another version of this program. `pinlian rebuild --data DIR`"
                      + " makes it again from the log."
                  : "It was written by another version of this program, which can read it.");
      case PublicationException e ->
          new Fault(
              Exit.CHECK_FAILED,
              "PUBLICATION",
              sentence(e),
              "What was shown to others cannot be taken back. `pinlian audit --data DIR` looks at the"
                  + " folder.");
      case StorageException e ->
          e.kind() == StorageException.Kind.DAMAGED
              ? new Fault(
                  Exit.CHECK_FAILED,
                  RefusalCode.STORED_DATA_DAMAGED.name(),
                  sentence(e),
                  "`pinlian audit --data DIR` finds what is damaged.")
              : new Fault(Exit.FAULT, "STORAGE", sentence(e), "See to the disk and the folder.");
      case RecordException e ->
          new Fault(
              Exit.REFUSED,
              e.code().name(),
              e.path() + ": " + sentence(e),
              "The ledger would refuse it, so it was not sent.");
      case ConfigException e ->
          new Fault(
              Exit.USAGE,
              "CONFIGURATION",
              "the configuration cannot be used",
              "docs/deploy has an example of each file, with every key.",
              e.faults().stream().map(ConfigException.Fault::toString).toList());
      case IdentifierException e -> new Fault(Exit.USAGE, "IDENTIFIER", sentence(e), "");
      case KeyFormatException e ->
          new Fault(Exit.USAGE, "KEY", "no key of ours: " + sentence(e), "");
      case FolderTakenException e ->
          new Fault(
              Exit.UNREACHABLE,
              "FOLDER_IN_USE",
              sentence(e),
              "Stop it first, or give this one a folder of its own.");
      case SpoolException e ->
          new Fault(
              Exit.CHECK_FAILED,
              "SPOOL",
              sentence(e),
              "Nothing in it was touched. See to that file, or name another folder with --spool.");
      case BindException e ->
          new Fault(
              Exit.USAGE,
              "ADDRESS_IN_USE",
              "cannot listen there: " + sentence(e),
              "Name another port with --port; 0 takes any that is free.");
      case NoSuchFileException e ->
          new Fault(Exit.USAGE, "NO_SUCH_FILE", "no such file: " + e.getFile(), "");
      case AccessDeniedException e ->
          new Fault(Exit.USAGE, "ACCESS_DENIED", "not allowed: " + e.getFile(), "");
      case FileSystemException e -> new Fault(Exit.USAGE, "FILE", sentence(e), "");
      case IOException e -> new Fault(Exit.FAULT, "IO", sentence(e), "");
      default -> null;
    };
  }

  private static Fault status(Throwable thrown, Status status) {
    String description = status.getDescription();
    String said = description == null ? status.getCode().name() : description;
    com.google.rpc.Status rich = StatusProto.fromThrowable(thrown);
    String reason = status.getCode().name();
    List<String> details = new ArrayList<>();
    for (Any any : rich == null ? List.<Any>of() : rich.getDetailsList()) {
      try {
        if (any.is(ErrorInfo.class)) {
          reason = any.unpack(ErrorInfo.class).getReason();
        } else if (any.is(BadRequest.class)) {
          for (var field : any.unpack(BadRequest.class).getFieldViolationsList()) {
            details.add(field.getField() + ": " + field.getDescription());
          }
        }
      } catch (InvalidProtocolBufferException e) {
        details.add("(a detail that cannot be read)");
      }
    }
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          new Fault(
              Exit.UNREACHABLE,
              reason,
              "nobody answers: " + said,
              "Is it running? `pinlian up` starts a node and its gateway.");
      case DATA_LOSS ->
          new Fault(
              Exit.CHECK_FAILED, reason, said, "`pinlian audit --data DIR` finds what is damaged.");
      default ->
          new Fault(
              Exit.REFUSED, reason, "refused (" + reason + "): " + said, hint(reason), details);
    };
  }

  private static String hint(String reason) {
    return RefusalTable.named(reason)
        .map(code -> RefusalTable.rule(code).getAdviceEnglish())
        .orElse("");
  }

  /** Its message ends in the violations, which get lines of their own here. */
  private static String withoutDetails(RefusedException e) {
    String sentence = sentence(e);
    String details = " " + e.violations();
    return sentence.endsWith(details)
        ? sentence.substring(0, sentence.length() - details.length())
        : sentence;
  }

  private static String sentence(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
