package io.millrace.kafka.control;

import io.millrace.broker.ScramStore;
import io.millrace.broker.security.ScramCredential;
import io.millrace.broker.security.ScramMechanism;
import io.millrace.broker.security.ScramUser;
import io.millrace.kafka.sasl.SaslServers;
import io.millrace.kafka.wire.ErrorCodes;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.jspecify.annotations.Nullable;

/** Answers DescribeUserScramCredentials and AlterUserScramCredentials (KIP-554). */
final class ScramHandler {

  private static final int MOST_ITERATIONS = 16_384;
  private static final int MOST_NAME_CHARS = 1000;

  private final ScramStore credentials;

  ScramHandler(ScramStore credentials) {
    this.credentials = credentials;
  }

  /** Why a user's change cannot be made. */
  private record Refusal(Errors error, String message) {}

  // ---- describe ----

  CompletionStage<DescribeUserScramCredentialsResponseData> describe(
      DescribeUserScramCredentialsRequestData request, Caller caller) {
    Map<String, List<CredentialInfo>> byUser = new TreeMap<>();
    credentials
        .all()
        .forEach(
            (user, credential) ->
                byUser
                    .computeIfAbsent(user.name(), name -> new ArrayList<>())
                    .add(
                        new CredentialInfo()
                            .setMechanism(user.mechanism().code())
                            .setIterations(credential.iterations())));
    List<DescribeUserScramCredentialsResult> results = new ArrayList<>();
    List<UserName> asked = request.users();
    if (asked == null || asked.isEmpty()) {
      byUser.forEach((name, infos) -> results.add(result(name, infos)));
    } else {
      Set<String> seen = new HashSet<>();
      for (UserName user : asked) {
        results.add(described(user.name(), byUser.get(user.name()), seen.add(user.name())));
      }
    }
    return CompletableFuture.completedFuture(
        new DescribeUserScramCredentialsResponseData().setResults(results));
  }

  private static DescribeUserScramCredentialsResult described(
      String name, @Nullable List<CredentialInfo> infos, boolean first) {
    if (!first) {
      return result(name, List.of())
          .setErrorCode(Errors.DUPLICATE_RESOURCE.code())
          .setErrorMessage("Cannot describe SCRAM credentials for the same user twice: " + name);
    }
    return infos != null
        ? result(name, infos)
        : result(name, List.of())
            .setErrorCode(Errors.RESOURCE_NOT_FOUND.code())
            .setErrorMessage("there are no SCRAM credentials of user " + name);
  }

  private static DescribeUserScramCredentialsResult result(
      String name, List<CredentialInfo> infos) {
    return new DescribeUserScramCredentialsResult().setUser(name).setCredentialInfos(infos);
  }

  // ---- alter ----

  /** A user whose changes are not all good has none of them made; other users have theirs. */
  CompletionStage<AlterUserScramCredentialsResponseData> alter(
      AlterUserScramCredentialsRequestData request, Caller caller) {
    Map<String, @Nullable Refusal> users = new LinkedHashMap<>();
    Set<String> changed = new HashSet<>();
    for (ScramCredentialDeletion gone : request.deletions()) {
      note(users, gone.name(), check(gone, changed));
    }
    for (ScramCredentialUpsertion put : request.upsertions()) {
      note(users, put.name(), check(put, changed));
    }
    Map<ScramUser, ScramCredential> puts = new HashMap<>();
    Set<ScramUser> gone = new HashSet<>();
    for (ScramCredentialUpsertion put : request.upsertions()) {
      if (users.get(put.name()) == null) {
        puts.put(user(put.name(), put.mechanism()), credential(put));
      }
    }
    for (ScramCredentialDeletion each : request.deletions()) {
      if (users.get(each.name()) == null) {
        gone.add(user(each.name(), each.mechanism()));
      }
    }
    return credentials
        .change(puts, gone)
        .handle(
            (found, failure) -> {
              List<AlterUserScramCredentialsResult> results = new ArrayList<>();
              Set<String> missing = new TreeSet<>();
              if (failure == null) {
                gone.stream()
                    .filter(each -> !found.contains(each))
                    .forEach(u -> missing.add(u.name()));
              }
              users.forEach(
                  (name, refusal) -> results.add(result(name, refusal, failure, missing)));
              return new AlterUserScramCredentialsResponseData().setResults(results);
            });
  }

  private static void note(
      Map<String, @Nullable Refusal> users, String name, @Nullable Refusal refusal) {
    if (refusal != null || !users.containsKey(name)) {
      users.put(name, refusal);
    }
  }

  private static AlterUserScramCredentialsResult result(
      String name, @Nullable Refusal refusal, @Nullable Throwable failure, Set<String> missing) {
    AlterUserScramCredentialsResult result = new AlterUserScramCredentialsResult().setUser(name);
    if (refusal != null) {
      return result.setErrorCode(refusal.error().code()).setErrorMessage(refusal.message());
    }
    if (failure != null) {
      return result
          .setErrorCode(ErrorCodes.of(failure).code())
          .setErrorMessage(ErrorCodes.cause(failure).getMessage());
    }
    return missing.contains(name)
        ? result
            .setErrorCode(Errors.RESOURCE_NOT_FOUND.code())
            .setErrorMessage("Attempt to delete a user credential that does not exist")
        : result;
  }

  private static @Nullable Refusal check(ScramCredentialDeletion gone, Set<String> changed) {
    return checkUser(gone.name(), gone.mechanism(), changed);
  }

  private static @Nullable Refusal check(ScramCredentialUpsertion put, Set<String> changed) {
    Refusal refusal = checkUser(put.name(), put.mechanism(), changed);
    if (refusal != null) {
      return refusal;
    }
    int least = SaslServers.kafkas(ScramMechanism.of(put.mechanism())).minIterations();
    if (put.iterations() < least || put.iterations() > MOST_ITERATIONS) {
      return new Refusal(
          Errors.UNACCEPTABLE_CREDENTIAL,
          put.iterations() + " iterations; allowed: " + least + " to " + MOST_ITERATIONS);
    }
    if (put.salt().length == 0 || put.saltedPassword().length == 0) {
      return new Refusal(Errors.UNACCEPTABLE_CREDENTIAL, "salt and salted password must be there");
    }
    return null;
  }

  private static @Nullable Refusal checkUser(String name, byte mechanism, Set<String> changed) {
    if (name.isEmpty() || name.length() > MOST_NAME_CHARS) {
      return new Refusal(
          Errors.UNACCEPTABLE_CREDENTIAL,
          "a user name of " + name.length() + " characters; allowed: 1 to " + MOST_NAME_CHARS);
    }
    if (mechanism != ScramMechanism.SHA_256.code() && mechanism != ScramMechanism.SHA_512.code()) {
      return new Refusal(Errors.UNSUPPORTED_SASL_MECHANISM, "Unknown SCRAM mechanism");
    }
    return changed.add(mechanism + name)
        ? null
        : new Refusal(
            Errors.DUPLICATE_RESOURCE,
            "A user credential cannot be altered twice in the same request");
  }

  private static ScramUser user(String name, byte mechanism) {
    return new ScramUser(name, ScramMechanism.of(mechanism));
  }

  private static ScramCredential credential(ScramCredentialUpsertion put) {
    try {
      ScramFormatter formatter =
          new ScramFormatter(SaslServers.kafkas(ScramMechanism.of(put.mechanism())));
      byte[] storedKey = formatter.storedKey(formatter.clientKey(put.saltedPassword()));
      byte[] serverKey = formatter.serverKey(put.saltedPassword());
      return new ScramCredential(put.salt(), storedKey, serverKey, put.iterations());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot do SCRAM", e);
    }
  }
}
